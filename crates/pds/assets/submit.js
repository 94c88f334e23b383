// Sends the answer on to the app; without scripts, people press the button.
document.querySelector('form[data-submit]').requestSubmit()
