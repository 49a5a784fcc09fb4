//! Which settings can work, whom a password opens for, and who is written to about the brake.

use shared::{Code, IntegrationId, Millis, TechnicianId};
use uuid::Uuid;

use super::*;
use crate::store::{ImportRow, MailKind, OutboxKind, Role};

const ACCOUNT: AccountId = AccountId(Uuid::from_u128(1));
const ANN: TechnicianId = TechnicianId(Uuid::from_u128(2));
const ROW: IntegrationId = IntegrationId(Uuid::from_u128(3));
const NOW: Millis = Millis(1_800_000_000_000);
const HOUR: i64 = 60 * 60_000;
const BRAKE: &str = "reset account";

fn settings(host: &str, user: &str) -> SmtpSettings {
    SmtpSettings {
        host: host.into(),
        port: 587,
        tls: MailTls::Starttls,
        user: user.into(),
        from: "notify@msp.example".into(),
    }
}

#[test]
fn settings_that_cannot_work_are_named() {
    assert_eq!(settings("smtp.example", "notify").check(), Ok(()));
    for host in ["", "smtp://smtp.example", "smtp.example/", "me@smtp.example", "smtp example"] {
        assert!(settings(host, "notify").check().unwrap_err().contains("host"), "{host}");
    }
    assert!(settings("smtp.example", "").check().is_err());
    for from in
        ["", "notify", "Notify <notify@msp.example>", "a@b\r\nBcc: c@d", "größe@msp.example"]
    {
        let bad = SmtpSettings { from: from.into(), ..settings("smtp.example", "notify") };
        assert!(bad.check().unwrap_err().contains("from"), "{from}");
    }
    let read = |tls: &str| {
        let text =
            format!(r#"{{"host":"h","port":587,"tls":"{tls}","user":"u","from":"a@b.example"}}"#);
        serde_json::from_str::<SmtpSettings>(&text).map(|settings| settings.tls)
    };
    assert_eq!(read("starttls").unwrap(), MailTls::Starttls);
    assert_eq!(read("implicit").unwrap(), MailTls::Implicit);
    assert!(read("opportunistic").is_err());
}

struct Scene {
    store: Store,
    mailer: Mailer,
    _folder: tempfile::TempDir,
}

/// An account with two admins, a technician and, where asked for, a mail server.
async fn scene(with_server: bool) -> Scene {
    let folder = tempfile::tempdir().unwrap();
    let keys = Arc::new(crate::seal::Keys::new(&[7; 32]));
    let store = Store::sqlite(folder.path(), keys).await.unwrap();
    let person = |n: u128, role| ImportRow::Technician {
        id: TechnicianId(Uuid::from_u128(n)),
        name: format!("T{n}"),
        email: format!("t{n}@msp.example"),
        role,
        may_reset: true,
        may_use_ui: true,
    };
    let mut rows = vec![
        ImportRow::Account { id: ACCOUNT, name: "MSP".into() },
        person(2, Role::Admin),
        person(4, Role::Admin),
        person(5, Role::Technician),
    ];
    if with_server {
        let settings = settings("smtp.example", "notify");
        let bound_to = settings.bound_to();
        let place = Place { account: ACCOUNT.0, kind: PASSWORD, row: ROW.0, bound_to: &bound_to };
        rows.push(ImportRow::Integration {
            id: ROW,
            customer: None,
            kind: "smtp",
            name: "Mail".into(),
            settings: r#"{"host":"smtp.example","port":587,"tls":"starttls","user":"notify",
                "from":"notify@msp.example"}"#
                .into(),
        });
        let sealed = store.keys.seal(place, b"the password");
        rows.push(ImportRow::Secret { kind: PASSWORD, row: ROW.0, sealed });
    }
    store.import(ACCOUNT, NOW, &rows).await.unwrap();
    let outbound = Outbound::new(&crate::settings::Settings::defaults().unwrap().outbound).unwrap();
    let mailer = Mailer::new(outbound, store.clone(), "https://reset.example");
    Scene { store, mailer, _folder: folder }
}

/// Whoever changes where the password goes must enter it again.
#[tokio::test]
async fn a_password_opens_only_for_its_host_and_user() {
    let scene = scene(true).await;
    let code = async || match scene.mailer.sender(ACCOUNT).await.unwrap() {
        Ok(sender) => {
            assert_eq!(sender.password.expose(), "the password");
            None
        }
        Err(refusal) => Some(refusal.code),
    };
    assert_eq!(code().await, None);
    for (was, is) in [("smtp.example", "evil.example"), ("\"notify\"", "\"admin\"")] {
        let change = |a: &str, b: &str| {
            format!("update integrations set settings = replace(settings, '{a}', '{b}')")
        };
        scene.store.seed(Box::leak(change(was, is).into_boxed_str()), &[]).await;
        assert_eq!(code().await, Some(Code::MailCredentials), "{is}");
        scene.store.seed(Box::leak(change(is, was).into_boxed_str()), &[]).await;
    }
    assert_eq!(code().await, None);
    scene.store.seed("update integrations set is_on = false", &[]).await;
    assert_eq!(code().await, Some(Code::MailMissing));
}

async fn count(store: &Store, what: &str) -> usize {
    let all = store.audit(ACCOUNT).await.unwrap();
    all.iter().filter(|(_, _, body)| body.contains(what)).count()
}

/// Every stop is a refusal; the alarm is one mail to each admin for each window of the brake.
#[tokio::test]
async fn the_brake_is_told_once_in_its_window() {
    let Scene { store, _folder, .. } = scene(true).await;
    let left = "update technicians set ended_at = 1 where id = $1";
    store.record_brake(ACCOUNT, BRAKE, ANN, NOW).await.unwrap();
    assert_eq!(count(&store, "braked").await, 0, "nothing was counted yet");
    let count_up = "insert into limits (account, name, since, count)
                    values ($1, 'reset account', 1800000000000, 60)";
    store.seed(count_up, &[ACCOUNT.0]).await;
    for later in [1, 2, HOUR - 1] {
        store.record_brake(ACCOUNT, BRAKE, ANN, NOW.plus(later)).await.unwrap();
        let due = store.due_mails(NOW.plus(later)).await.unwrap();
        assert_eq!((due.len(), count(&store, "braked").await), (2, 1));
    }
    // The next window, when one of the two has left.
    store.seed(left, &[Uuid::from_u128(4)]).await;
    store.seed("update limits set since = since + 3600000 where name = 'reset account'", &[]).await;
    store.record_brake(ACCOUNT, BRAKE, ANN, NOW.plus(HOUR + 1)).await.unwrap();
    let due = store.due_mails(NOW.plus(HOUR + 1)).await.unwrap();
    assert_eq!((due.len(), count(&store, "braked").await), (3, 2));
    let lease = crate::store::Lease { id: Uuid::from_u128(9), until: NOW.plus(2 * HOUR) };
    let now = NOW.plus(HOUR + 1);
    let row = store.claim_outbox(due[0], lease, now).await.unwrap().unwrap();
    assert_eq!((row.kind, row.reset), (OutboxKind::Mail(MailKind::Brake), None));
    assert_eq!(row.recipient, Some(ANN));
    assert!(store.claim_outbox(due[0], lease, now).await.unwrap().is_none(), "it is taken");
    assert_eq!(store.due_outbox(now).await.unwrap(), [] as [Uuid; 0], "no text among them");
    store.mail_sent(&row, lease, now).await.unwrap();
    assert_eq!(store.due_mails(now).await.unwrap().len(), 2);
    store.verify_audit(ACCOUNT).await.unwrap().unwrap();
}

#[tokio::test]
async fn without_a_mail_server_the_brake_is_only_audited() {
    let Scene { store, _folder, .. } = scene(false).await;
    let count_up = "insert into limits (account, name, since, count)
                    values ($1, 'reset account', 1800000000000, 60)";
    store.seed(count_up, &[ACCOUNT.0]).await;
    store.record_brake(ACCOUNT, BRAKE, ANN, NOW.plus(1)).await.unwrap();
    assert_eq!(count(&store, "braked").await, 1);
    assert_eq!(store.due_mails(NOW.plus(1)).await.unwrap().len(), 0);
}
