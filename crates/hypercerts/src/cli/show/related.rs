//! The records around a claim, each in a few lines: what it says, who says so, about which version.

use hypercerts_index::view::{ContributorView, RecordView, Related, Standing};
use hypercerts_records::place::Geometry;
use hypercerts_records::{
    Acknowledgement, Attachment, Content, Evaluation, Location, Measurement, Party, Place, Receipt,
    Record,
};

use super::super::text;
use super::notes;

pub(super) fn entry(related: &Related) -> String {
    let says = related.record.as_ref().map_or_else(gone, says);
    let mut lines = vec![text::fold(&says, text::WIDTH, 2), format!("    {}", provenance(related))];
    let mut notes = notes::version(related);
    if let Some(record) = &related.record {
        notes.extend(notes::edition(record));
        notes.extend(notes::findings(record));
        let attested = record.attestations.iter().map(notes::attestation);
        notes.extend(attested.map(|said| format!("attested {said}")));
    }
    lines.extend(notes.iter().map(|note| notes::indented(note)));
    lines.push(format!("    {}", related.uri));
    lines.join("\n")
}

fn gone() -> String {
    "(not known to the index: deleted, hidden, or never seen)".to_owned()
}

fn provenance(related: &Related) -> String {
    let by = text::actor(&related.author);
    let whose = match related.standing {
        Standing::Claimant => ", the claim's own author",
        Standing::Contributor => ", a contributor of the claim",
        Standing::Funder => ", a funder of the claim",
        Standing::Independent => "",
    };
    match related.record.as_ref().and_then(|record| record.created_at.as_ref()) {
        Some(moment) => format!("by {by}{whose}, {}", text::date(moment)),
        None => format!("by {by}{whose}"),
    }
}

fn says(record: &RecordView) -> String {
    match Record::read(&record.collection, &record.value) {
        Ok(Record::Evaluation(evaluation)) => evaluation_says(&evaluation),
        Ok(Record::Measurement(measurement)) => measurement_says(&measurement),
        Ok(Record::Attachment(attachment)) => attachment_says(&attachment),
        Ok(Record::Acknowledgement(acknowledgement)) => acknowledgement_says(&acknowledgement),
        Ok(Record::Receipt(receipt)) => receipt_says(&receipt),
        Ok(Record::Location(location)) => location_says(&location),
        Ok(Record::Rights(rights)) => format!("{} ({})", rights.rights_name, rights.rights_type),
        Ok(other) => match other.title() {
            Some(title) => title.to_owned(),
            None => record.collection.to_string(),
        },
        Err(_) => format!("(a {} record that cannot be read)", record.collection),
    }
}

fn evaluation_says(evaluation: &Evaluation) -> String {
    match &evaluation.score {
        Some(score) => format!(
            "{} on a scale from {} to {}. {}",
            score.value, score.min, score.max, evaluation.summary
        ),
        None => evaluation.summary.clone(),
    }
}

fn measurement_says(measurement: &Measurement) -> String {
    let Measurement { metric, value, unit, .. } = measurement;
    let period = text::period(measurement.start_date.as_ref(), measurement.end_date.as_ref());
    let details = [period, measurement.method_type.clone()];
    let details: Vec<String> = details.into_iter().flatten().collect();
    match details.is_empty() {
        true => format!("{metric}: {value} {unit}"),
        false => format!("{metric}: {value} {unit} ({})", details.join("; ")),
    }
}

fn attachment_says(attachment: &Attachment) -> String {
    let kind = attachment.content_type.as_deref().map(|kind| format!(" ({kind})"));
    let places: Vec<String> = attachment.content.iter().filter_map(content_says).collect();
    format!("{}{}: {}", attachment.title, kind.unwrap_or_default(), places.join(", "))
}

fn content_says(content: &Content) -> Option<String> {
    match content {
        Content::Uri(page) => Some(page.uri.to_string()),
        Content::File(file) => {
            Some(format!("a file, {}, {} bytes", file.blob.mime_type, file.blob.size))
        }
        Content::Unknown(_) => None,
    }
}

fn acknowledgement_says(acknowledgement: &Acknowledgement) -> String {
    let word = if acknowledgement.acknowledged { "Acknowledged" } else { "Rejected" };
    match &acknowledgement.comment {
        Some(comment) => format!("{word}: {comment}"),
        None => format!("{word}."),
    }
}

fn receipt_says(receipt: &Receipt) -> String {
    let from = receipt.from.as_ref().map_or_else(|| "somebody unnamed".to_owned(), party);
    let when = receipt.occurred_at.as_ref().map(|at| format!(", {}", text::date(at)));
    let (amount, currency) = (&receipt.amount, &receipt.currency);
    format!("{amount} {currency} from {from} to {}{}", party(&receipt.to), when.unwrap_or_default())
}

fn party(party: &Party) -> String {
    match party {
        Party::Text(text) => text.value.clone(),
        Party::Account(account) => account.did.to_string(),
        Party::Record(record) => record.uri().to_string(),
        Party::Unknown(_) => "somebody this program cannot name".to_owned(),
    }
}

fn location_says(location: &Location) -> String {
    let place = match (Geometry::of(location), &location.location) {
        (Ok(place), _) => place.words(),
        (Err(_), Place::Text(place)) => format!("{}: {}", location.location_type, place.string),
        (Err(_), Place::Uri(page)) => page.uri.to_string(),
        (Err(_), Place::File(_)) => "a file".to_owned(),
        (Err(_), Place::Unknown(_)) => "somewhere this program cannot read".to_owned(),
    };
    match &location.name {
        Some(name) => format!("{name} ({place})"),
        None => place,
    }
}

pub(super) fn contributor(contributor: &ContributorView) -> String {
    let actor = contributor.actor.as_ref().map(text::actor);
    let name = actor
        .or_else(|| contributor.display_name.clone())
        .or_else(|| contributor.identity.clone())
        .unwrap_or_else(|| "(unnamed)".to_owned());
    let weight = contributor.weight.as_ref().map(|weight| format!("weight {weight}"));
    let details: Vec<String> = [contributor.role.clone(), weight].into_iter().flatten().collect();
    match details.is_empty() {
        true => text::fold(&name, text::WIDTH, 2),
        false => text::fold(&format!("{name}: {}", details.join(", ")), text::WIDTH, 2),
    }
}
