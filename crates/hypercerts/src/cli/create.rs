//! `create`: a claim, with the places and rights it names, in one commit.

use clap::Args;
use hypercerts_lexicon::{AtIdentifier, AtUri, Handle, Uri};
use hypercerts_records::{
    Claim, ContributionDetails, Contributor, ContributorIdentity, ContributorRole, Description,
    DescriptionText, Location, NamedContributor, Place as LocationPlace, PlaceText, Rights,
    StrongRef, WorkScope, WorkScopeString,
};

use super::answer::{Answer, Format};
use super::batch::Batch;
use super::connect::DirectoryOptions;
use super::input::{ContributorInput, Place, Point, When, record_uri};
use super::session::LoggedIn;
use super::{CliError, ask, subject};

/// The coordinate system of GPS, longitude and latitude in degrees.
const WGS_84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
const LOCATION_PROTOCOL: &str = "1.0.0";
const COORDINATES: &str = "coordinate-decimal";

/// Claim what was done: one record, signed, that anybody can evaluate
///
/// In a terminal, whatever title or short description leaves open is asked for.
#[derive(Debug, Args)]
pub(super) struct Create {
    /// What was done, in a few words
    #[arg(long)]
    title: Option<String>,

    /// What was done, in one to three sentences
    #[arg(long, value_name = "TEXT")]
    short_description: Option<String>,

    /// The whole story
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// Which work this is about; without it, all work of these people then and there
    #[arg(long, value_name = "TEXT")]
    scope: Option<String>,

    /// When the work began, like 2025-01-31
    #[arg(long, value_name = "DATE")]
    start: Option<When>,

    /// When the work ended
    #[arg(long, value_name = "DATE")]
    end: Option<When>,

    /// Who contributed: a name, a DID or @handle, then maybe weight and role; may be repeated
    ///
    /// Like "Ada Lovelace; weight=2; role=lead engineer".
    #[arg(long = "contributor", value_name = "WHO")]
    contributors: Vec<ContributorInput>,

    /// Where: "LATITUDE,LONGITUDE NAME", or the at:// address of a location; may be repeated
    #[arg(long = "location", value_name = "PLACE", allow_hyphen_values = true)]
    locations: Vec<Place>,

    /// The at:// address of a rights record that applies
    #[arg(long, value_name = "URI", value_parser = record_uri, conflicts_with = "rights_name")]
    rights: Option<AtUri>,

    #[command(flatten)]
    new_rights: NewRights,
    #[command(flatten)]
    directory: DirectoryOptions,
    #[command(flatten)]
    format: Format,
}

/// Rights to be written with the claim: all three fields or none.
#[derive(Debug, Default, Args)]
struct NewRights {
    /// The full name of the terms that apply, like "Creative Commons Attribution 4.0"
    #[arg(long, value_name = "NAME", requires_all = ["rights_type", "rights_description"])]
    rights_name: Option<String>,

    /// A short code for the terms, like CC-BY
    #[arg(long, value_name = "CODE", requires = "rights_name")]
    rights_type: Option<String>,

    /// What holders of the claim may and may not do
    #[arg(long, value_name = "TEXT", requires = "rights_name")]
    rights_description: Option<String>,
}

pub(super) async fn run(mut create: Create) -> Result<Answer, CliError> {
    let me = LoggedIn::load()?;
    create.complete()?;
    let mut batch = Batch::new(me.session())?;
    let claim = create.claim(&mut batch).await?;
    batch.add(claim)?;
    let written = batch.publish().await;
    me.keep().await?;
    subject::written(&written?, create.format, "Claimed, and signed by your account.")
}

impl Create {
    /// Asks for what was not given, if something needed is among it.
    fn complete(&mut self) -> Result<(), CliError> {
        if self.title.is_some() && self.short_description.is_some() {
            return Ok(());
        }
        if !ask::possible() {
            return Err(CliError::usage(
                "a claim needs --title and --short-description; run this in a terminal to be asked",
            ));
        }
        self.ask_what()?;
        self.ask_when()?;
        self.ask_who_and_where()?;
        self.new_rights.ask_unless(self.rights.is_some())
    }

    fn ask_what(&mut self) -> Result<(), CliError> {
        if self.title.is_none() {
            self.title = Some(ask::text("Title:", "What was done, in a few words.")?);
        }
        if self.short_description.is_none() {
            let help = "What was done, in one to three sentences.";
            self.short_description = Some(ask::text("Short description:", help)?);
        }
        if self.scope.is_none() {
            self.scope = ask::optional("Scope:", "Which work, like \"mangrove restoration\".")?;
        }
        Ok(())
    }

    fn ask_when(&mut self) -> Result<(), CliError> {
        if self.start.is_none() {
            self.start = ask::optional("Work began:", "A date like 2025-01-31.")?;
        }
        if self.end.is_none() {
            self.end = ask::optional("Work ended:", "A date like 2025-12-31.")?;
        }
        Ok(())
    }

    fn ask_who_and_where(&mut self) -> Result<(), CliError> {
        if self.contributors.is_empty() {
            let help = "Like \"Ada Lovelace; weight=2; role=lead engineer\", or @handle.";
            self.contributors = ask::several("Contributor:", help)?;
        }
        if self.locations.is_empty() {
            let help = "Like \"-4.4267,39.5096 Gazi Bay\".";
            self.locations = ask::several("Location:", help)?;
        }
        Ok(())
    }

    async fn claim(&self, batch: &mut Batch<'_>) -> Result<Claim, CliError> {
        let [title, short_description] =
            [&self.title, &self.short_description].map(|text| text.clone().unwrap_or_default());
        let mut claim = Claim::new(title, short_description, batch.created_at());
        let long = self.description.clone().map(DescriptionText::new);
        claim.description = long.map(Description::Text);
        let scope = self.scope.clone().map(WorkScopeString::new);
        claim.work_scope = scope.map(WorkScope::Text);
        claim.start_date = self.start.as_ref().map(When::start);
        claim.end_date = self.end.as_ref().map(When::end);
        for contributor in &self.contributors {
            claim.contributors.push(self.contributor(contributor).await?);
        }
        for place in &self.locations {
            claim.locations.push(self.location(place, batch).await?);
        }
        claim.rights = self.rights(batch).await?;
        Ok(claim)
    }

    async fn contributor(&self, input: &ContributorInput) -> Result<Contributor, CliError> {
        let named = NamedContributor::new(self.identity(&input.identity).await?);
        let mut contributor = Contributor::new(ContributorIdentity::Named(named));
        contributor.contribution_weight = input.weight.clone();
        let role = input.role.clone().map(ContributorRole::new);
        contributor.contribution_details = role.map(ContributionDetails::Role);
        Ok(contributor)
    }

    /// A handle is written down as the DID it leads to, which does not change hands.
    async fn identity(&self, text: &str) -> Result<String, CliError> {
        let Some(handle) = text.strip_prefix('@') else { return Ok(text.to_owned()) };
        let handle = Handle::parse(handle).map_err(|why| CliError::usage(why.to_string()))?;
        let verifier = self.directory.verifier()?;
        let found = verifier.resolver().resolve(&AtIdentifier::Handle(handle)).await?;
        Ok(found.did.to_string())
    }

    async fn location(&self, place: &Place, batch: &mut Batch<'_>) -> Result<StrongRef, CliError> {
        match place {
            Place::Record(uri) => subject::verified(&self.directory, uri).await,
            Place::Point(point) => batch.add(location_record(point, batch)?),
        }
    }

    async fn rights(&self, batch: &mut Batch<'_>) -> Result<Option<StrongRef>, CliError> {
        if let Some(uri) = &self.rights {
            return subject::verified(&self.directory, uri).await.map(Some);
        }
        self.new_rights.record(batch).map(|rights| batch.add(rights)).transpose()
    }
}

impl NewRights {
    fn ask_unless(&mut self, known: bool) -> Result<(), CliError> {
        if known || self.rights_name.is_some() {
            return Ok(());
        }
        let help = "The full name of the terms, like \"Creative Commons Attribution 4.0\".";
        self.rights_name = ask::optional("Rights:", help)?;
        if self.rights_name.is_some() {
            let help = "At most 10 letters, like CC-BY.";
            self.rights_type = Some(ask::text("Short code of the rights:", help)?);
            let help = "What holders of the claim may and may not do.";
            self.rights_description = Some(ask::text("The rights in words:", help)?);
        }
        Ok(())
    }

    fn record(&self, batch: &Batch<'_>) -> Option<Rights> {
        Some(Rights::new(
            self.rights_name.clone()?,
            self.rights_type.clone()?,
            self.rights_description.clone()?,
            batch.created_at(),
        ))
    }
}

fn location_record(point: &Point, batch: &Batch<'_>) -> Result<Location, CliError> {
    let mut location = Location::new(
        LOCATION_PROTOCOL.to_owned(),
        Uri::parse(WGS_84).map_err(CliError::answer)?,
        COORDINATES.to_owned(),
        LocationPlace::Text(PlaceText::new(point.coordinates())),
        batch.created_at(),
    );
    location.name = point.name.clone();
    Ok(location)
}
