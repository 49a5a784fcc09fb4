//! The pages whole.

use super::html::{page, text};
use super::parts::{Shown, order};
use super::{Visit, parts};
use crate::psa::{Psa, PsaDesk, PsaPerson};

fn key(psa: Psa) -> &'static str {
    match psa {
        Psa::ConnectWise => "connectwise",
        Psa::Halo => "halo",
        Psa::Autotask => "autotask",
    }
}

/// What the admin's page is called in each.
fn set_up_name(psa: Psa) -> &'static str {
    match psa {
        Psa::ConnectWise => "Manage Hosted API",
        Psa::Halo => "Custom Tabs",
        Psa::Autotask => "Insights",
    }
}

/// `?as=…`, and the frame's size when it is not the usual one.
fn stay(visit: &Visit, person: Option<&PsaPerson>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(person) = person {
        query.append_pair("as", &person.login);
    }
    if (visit.width, visit.height) != (300, 400) {
        query.append_pair("w", &visit.width.to_string());
        query.append_pair("h", &visit.height.to_string());
    }
    text(&query.finish())
}

fn header(desk: &PsaDesk, visit: &Visit, person: Option<&PsaPerson>) -> String {
    let may = desk.people.iter().filter(|it| !it.disabled && !it.api);
    let people: String = may
        .map(|it| {
            let chosen =
                if person.is_some_and(|me| me.login == it.login) { " selected" } else { "" };
            format!("<option value=\"{}\"{chosen}>{}</option>", text(&it.login), text(&it.name()))
        })
        .collect();
    let nobody = if person.is_none() { "<option value=\"\" selected>nobody</option>" } else { "" };
    let query = stay(visit, person);
    format!(
        "<header class=\"top\">\n<a class=\"brand\" href=\"/?{query}\">{}</a>\n\
         <nav><a href=\"/?{query}\">Tickets</a><a href=\"/setup?{query}\">{}</a></nav>\n\
         <form id=\"person\" method=\"get\"><label for=\"as\">Signed in as</label>\
         <select id=\"as\" name=\"as\">{nobody}{people}</select>\
         <input type=\"hidden\" name=\"w\" value=\"{}\"><input type=\"hidden\" name=\"h\" value=\"{}\">\
         <noscript><button>Change</button></noscript></form>\n</header>",
        visit.psa.name(),
        set_up_name(visit.psa),
        visit.width,
        visit.height,
    )
}

fn plain(
    desk: &PsaDesk,
    visit: &Visit,
    person: Option<&PsaPerson>,
    title: &str,
    main: &str,
) -> String {
    let title = format!("{title} – {}", visit.psa.name());
    page(key(visit.psa), &title, "", &header(desk, visit, person), main)
}

pub(super) fn nobody(desk: &PsaDesk, visit: &Visit) -> String {
    let words = format!(
        "<section class=\"card\"><h1>Signed out</h1><p id=\"refused\">{} can't sign in here.</p></section>",
        text(&visit.login)
    );
    plain(desk, visit, None, "Signed out", &words)
}

pub(super) fn not_there(desk: &PsaDesk, visit: &Visit, person: &PsaPerson, id: &str) -> String {
    let words = format!(
        "<section class=\"card\"><h1>Ticket {}</h1><p id=\"refused\">It does not exist, or {} may not see it.</p></section>",
        text(id),
        text(&person.name())
    );
    plain(desk, visit, Some(person), "No such ticket", &words)
}

pub(super) fn list(desk: &PsaDesk, visit: &Visit, person: &PsaPerson) -> String {
    let query = stay(visit, Some(person));
    let rows: String = order(desk, person)
        .into_iter()
        .map(|it| {
            let contact = it.contact.and_then(|id| desk.contact(id)).map(|it| it.name());
            format!(
                "<tr{}><td><a href=\"/tickets/{}?{query}\">{}</a></td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                if it.closed { " class=\"closed\"" } else { "" },
                it.id,
                text(&it.number),
                text(&it.summary),
                desk.company(it.company).map(|it| text(&it.name)).unwrap_or_default(),
                text(&contact.unwrap_or_default()),
            )
        })
        .collect();
    let main = format!(
        "<section class=\"card\"><h1>Tickets</h1><div class=\"wide\"><table id=\"tickets\"><thead><tr><th>Number</th>\
         <th>Summary</th><th>Company</th><th>Contact</th></tr></thead><tbody>\n{rows}</tbody></table></div></section>"
    );
    plain(desk, visit, Some(person), "Tickets", &main)
}

pub(super) fn ticket(
    desk: &PsaDesk,
    visit: &Visit,
    person: &PsaPerson,
    shown: &parts::Shown,
) -> String {
    let query = stay(visit, Some(person));
    let link = |id: &str, words: &str, to: Option<i64>| match to {
        Some(to) => format!(
            "<a id=\"{id}\" data-ticket=\"{to}\" href=\"/tickets/{to}?{query}\">{words}</a>"
        ),
        None => format!("<a id=\"{id}\" aria-disabled=\"true\">{words}</a>"),
    };
    let save = match visit.psa {
        Psa::ConnectWise => {
            "<button type=\"button\" id=\"save\">Save</button>\
             <span id=\"saved\" role=\"status\"></span><ul id=\"save-errors\" role=\"alert\"></ul>"
        }
        Psa::Halo | Psa::Autotask => "",
    };
    let main = format!(
        "<div class=\"ticket\">\n<section class=\"card\" id=\"ticket\"><div class=\"bar\">{}{}{save}</div>\n\
         <p class=\"number\" id=\"number\">{}</p><h1 id=\"summary\">{}</h1>\n<dl id=\"details\">{}</dl>\n\
         <h2>Notes</h2><ol id=\"notes\">{}</ol></section>\n{}\n</div>\n{}",
        link("previous", "‹ Previous", shown.previous),
        link("next", "Next ›", shown.next),
        text(&shown.number),
        text(&shown.summary),
        shown.details,
        shown.notes,
        pod(desk, visit, person, shown),
        OVERLAYS,
    );
    let attributes = format!(
        " data-as=\"{}\" data-ticket=\"{}\" data-stay=\"{query}\" data-origin=\"{}\"",
        text(&person.login),
        shown.id,
        text(desk.pod().map_or("", |it| &it.origin)),
    );
    let title = format!("{} {} – {}", shown.number, shown.summary, visit.psa.name());
    page(key(visit.psa), &title, &attributes, &header(desk, visit, Some(person)), &main)
}

/// What covers ConnectWise's screen while a pod owes it an answer, and what asks before a change is lost.
const OVERLAYS: &str = "<div id=\"waiting\" role=\"alert\" hidden><p>Waiting for add-in…</p></div>\n\
    <div id=\"ask-refresh\" role=\"alertdialog\" aria-label=\"Unsaved changes\" hidden><p>There are unsaved changes. Refresh anyway?</p>\
    <button type=\"button\" id=\"refresh-yes\">Refresh</button><button type=\"button\" id=\"refresh-no\">Stay</button></div>";

/// Autotask's, as an extension that copies the frame has it (A§7); the others' are not known.
const SANDBOX: &str =
    " sandbox=\"allow-forms allow-modals allow-popups allow-same-origin allow-scripts\"";

fn pod(desk: &PsaDesk, visit: &Visit, person: &PsaPerson, shown: &Shown) -> String {
    let (Some(frame), Some(pod)) = (&shown.frame, desk.pod()) else {
        let query = stay(visit, Some(person));
        return format!(
            "<aside class=\"card pod\"><h2>No pod yet</h2><p id=\"pod-hint\">Paste the pod's address under \
             <a href=\"/setup?{query}\">{}</a>.</p></aside>",
            set_up_name(visit.psa)
        );
    };
    let sandbox = if visit.psa == Psa::Autotask { SANDBOX } else { "" };
    format!(
        "<aside class=\"card pod\"><h2>{name}</h2><iframe id=\"pod\" title=\"{name}\" width=\"{}\" height=\"{}\"{sandbox} src=\"{}\"></iframe></aside>",
        visit.width,
        visit.height,
        text(frame),
        name = text(&pod.description),
    )
}

pub(super) fn set_up(desk: &PsaDesk, visit: &Visit, person: &PsaPerson) -> String {
    let pod = desk.pod();
    let field = |id: &str, label: &str, value: &str, longest: u32, hint: &str| {
        format!(
            "<label for=\"{id}\">{label}</label><input id=\"{id}\" name=\"{id}\" value=\"{}\" maxlength=\"{longest}\" \
             autocomplete=\"off\" spellcheck=\"false\"><p class=\"hint\">{hint}</p>\n",
            text(value)
        )
    };
    let url = pod.map_or("", |it| &it.url);
    let fields = match visit.psa {
        Psa::ConnectWise => [
            field(
                "description",
                "Description",
                pod.map_or("", |it| &it.description),
                50,
                "Screen: Service Ticket. Type: Pod.",
            ),
            field(
                "origin",
                "Origin",
                pod.map_or("", |it| &it.origin),
                100,
                "Scheme and host of the pod; left empty, the URL's.",
            ),
            field("url", "URL", url, 1024, "[cw_id] and [cw_screen] are filled in."),
        ]
        .concat(),
        Psa::Halo => [
            field(
                "description",
                "Tab name",
                pod.map_or("", |it| &it.description),
                50,
                "Entity: Ticket. Type: Iframe.",
            ),
            field(
                "url",
                "URL",
                url,
                1000,
                "{$ID}, {$AGENTID}, {$USERID} and {$CLIENTID} are filled in.",
            ),
            field(
                "secret",
                "Iframe secret",
                desk.halo.iframe_secret.as_deref().unwrap_or_default(),
                100,
                "With one, the secure URL parameters agent_id and hmac are sent.",
            ),
        ]
        .concat(),
        Psa::Autotask => [
            field(
                "description",
                "Insight name",
                pod.map_or("", |it| &it.description),
                50,
                "Shown on the Insights tab of every ticket category.",
            ),
            field(
                "url",
                "URL",
                url,
                1000,
                "{ticketId} is filled in; without it, ticketId is appended.",
            ),
        ]
        .concat(),
    };
    let main = format!(
        "<section class=\"card\"><h1>{}</h1><form id=\"setup\" method=\"post\" action=\"/setup\">\n\
         <input type=\"hidden\" name=\"as\" value=\"{}\">{fields}<button id=\"save-setup\">Save</button></form></section>",
        set_up_name(visit.psa),
        text(&person.login),
    );
    plain(desk, visit, Some(person), set_up_name(visit.psa), &main)
}
