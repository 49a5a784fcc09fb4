//! Whether the connection to Autotask works, as whom, and which rights are missing: each right to read is
//! tried by a call that needs it. Whether notes may be written shows only when one is.

use serde_json::Value;
use shared::Code;

use super::filter::{is, query};
use super::note::Picklists;
use super::zone::Zone;
use super::{Autotask, AutotaskSettings};
use crate::outbound::Answer;
use crate::psa::About;

/// What is tried, and what to say where it is refused.
const TRIED: [(&str, &str); 4] = [
    (
        "Tickets",
        "Autotask does not let us read tickets. Give the API user's security level the right to view all \
         tickets.",
    ),
    (
        "Contacts",
        "Autotask does not let us read contacts. Give the API user's security level the right to view them.",
    ),
    (
        "Companies",
        "Autotask does not let us read companies. Give the API user's security level the right to view them.",
    ),
    (
        "Resources",
        "Autotask does not let us read resources, so notes show the API user as their author. Give its \
         security level the right to view resources.",
    ),
];

impl Autotask {
    pub(super) async fn about(&self) -> Result<About, Answer<About>> {
        let zone = self.zone().await?;
        let mut remarks: Vec<String> = Vec::new();
        // The cheapest question that needs our keys, and the first: whether they are taken.
        match self.get("ThresholdInformation", "ThresholdInformation", Code::PsaRefused).await {
            Ok(json) => remarks.extend(threshold_remark(&json)),
            Err(other) => drop(refused(other)?),
        }
        for (endpoint, remark) in TRIED {
            let any = query(vec![is("gte", "id", 0)], 1, &["id"]);
            match self.query::<Value, About>(endpoint, &any).await {
                Ok(_) => {}
                Err(other) => {
                    refused(other)?;
                    remarks.push(remark.to_owned());
                }
            }
        }
        match self.picklists().await {
            Ok(picklists) => remarks.extend(note_remarks(&picklists, &self.settings)),
            Err(other) => {
                refused(other)?;
                remarks.push(
                    "Autotask does not let us read the kinds of ticket notes, so no note can be written. \
                     Give the API user's security level the right to view and add ticket notes."
                        .to_owned(),
                );
            }
        }
        remarks.extend(site_remark(&zone, &self.settings));
        let product = match zone.name.as_str() {
            "" => "Autotask PSA".to_owned(),
            name => format!("Autotask PSA, zone {name}"),
        };
        Ok(About { product, identity: self.settings.username.clone(), remarks })
    }
}

/// A refusal that tells of a missing right; anything else ends the test.
fn refused(answer: Answer<About>) -> Result<(), Answer<About>> {
    match answer {
        Answer::Refused(refusal) if refusal.code != Code::PsaCredentials => Ok(()),
        other => Err(other),
    }
}

/// From three quarters of the hour's requests on: all integrations share them, and Autotask slows down
/// before it stops (vendor "API threshold").
fn threshold_remark(json: &Value) -> Option<String> {
    let (most, used) = (
        json["externalRequestThreshold"].as_i64()?,
        json["currentTimeframeRequestCount"].as_i64()?,
    );
    let percent = used.max(0).checked_mul(100)?.checked_div(most).filter(|_| most > 0)?;
    (percent >= 75).then(|| {
        format!(
            "{percent} % of the requests that Autotask takes in an hour from all integrations are used. \
             Past 100 % it answers nobody: look which integration asks so often."
        )
    })
}

/// What keeps notes from being written, or from being of the kind that the admin names.
fn note_remarks(picklists: &Picklists, settings: &AutotaskSettings) -> Vec<String> {
    let mut remarks = Vec::new();
    if picklists.internal(settings).is_none() {
        let label = settings.internal_label.trim();
        remarks.push(if label.is_empty() {
            "Autotask has none of the usual visibilities that only your own people read, so no note can be \
             written. Enter the label of the one that is internal."
                .to_owned()
        } else {
            format!(
                "Autotask has no active visibility \u{201c}{label}\u{201d} that only your own people read, so \
                 no note can be written. Enter its label as it stands there."
            )
        });
    }
    if !picklists.has_kind(settings) {
        remarks.push(format!(
            "Autotask has no active kind of note \u{201c}{}\u{201d}, so another one is used. Enter its label \
             as it stands there.",
            settings.note_type_label.trim()
        ));
    }
    remarks
}

/// Pages of another origin than Autotask says would not be let frame us.
fn site_remark(zone: &Zone, settings: &AutotaskSettings) -> Option<String> {
    let differs = !zone.site.is_empty() && zone.site != settings.site;
    differs.then(|| {
        format!(
            "Autotask says that your people use {}, and {} is entered. Only what is entered may show the pod.",
            zone.site, settings.site
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(internal: &str, kind: &str) -> AutotaskSettings {
        AutotaskSettings {
            username: "api@brightline.example".into(),
            integration_code: "CODE".into(),
            site: "https://ww5.autotask.net".into(),
            internal_label: internal.into(),
            note_type_label: kind.into(),
            ticket_parameter: "ticketId".into(),
        }
    }

    #[test]
    fn three_quarters_of_an_hour_are_worth_a_remark() {
        let said = |most: i64, used: i64| {
            let json =
                json!({"externalRequestThreshold": most, "currentTimeframeRequestCount": used});
            threshold_remark(&json)
        };
        for (most, used) in
            [(10_000, 7_499), (10_000, 0), (0, 5), (10_000, -1), (-1, 5), (100, i64::MAX)]
        {
            assert_eq!(said(most, used), None, "{used} of {most}");
        }
        assert!(said(10_000, 7_500).unwrap().starts_with("75 %"));
        assert!(said(10_000, 12_000).unwrap().starts_with("120 %"));
        assert_eq!(threshold_remark(&json!({})), None);
    }

    #[test]
    fn what_keeps_a_note_from_being_written_is_said() {
        let picklists = Picklists::read(&json!({"fields": [
            {"name": "publish", "picklistValues": [
                {"value": "1", "label": "All Autotask Users", "isActive": true},
                {"value": "2", "label": "Internal Project Team", "isActive": true}]},
            {"name": "noteType", "picklistValues": [{"value": "3", "label": "Task Notes", "isActive": true}]},
        ]}))
        .unwrap();
        let remarks = |internal, kind| note_remarks(&picklists, &settings(internal, kind));
        assert!(remarks("", "").is_empty() && remarks("", "task notes").is_empty());
        assert!(remarks("Nur wir", "")[0].contains("\u{201c}Nur wir\u{201d}"));
        assert!(remarks("", "Helpdesk")[0].contains("\u{201c}Helpdesk\u{201d}"));
        assert_eq!(note_remarks(&Picklists::default(), &settings("", "x")).len(), 2);
    }

    #[test]
    fn another_site_than_the_entered_one_is_said() {
        let zone = |site: &str| Zone { url: String::new(), name: String::new(), site: site.into() };
        assert_eq!(site_remark(&zone("https://ww5.autotask.net"), &settings("", "")), None);
        assert_eq!(site_remark(&zone(""), &settings("", "")), None);
        let remark = site_remark(&zone("https://ww6.autotask.net"), &settings("", "")).unwrap();
        assert!(remark.contains("https://ww6.autotask.net, and https://ww5.autotask.net"));
    }

    #[test]
    fn only_a_missing_right_lets_the_test_go_on() {
        assert_eq!(refused(Answer::Refused(Code::PsaPermission.into())), Ok(()));
        assert_eq!(refused(Answer::Refused(Code::PsaRefused.into())), Ok(()));
        for end in [
            Answer::Refused(Code::PsaCredentials.into()),
            Answer::Later(Some(5)),
            Answer::Unknown(None),
        ] {
            assert_eq!(refused(end.clone()), Err(end));
        }
    }
}
