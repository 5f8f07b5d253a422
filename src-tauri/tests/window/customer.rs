//! One customer: the note, the journal, the role. The store's own record is the judge.

use clientela_sandbox::ReadyStore;
use serde_json::json;

use crate::screen::picture;
use crate::shop::Shop;
use crate::window::Machine;

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_note_reaches_the_store() {
    let shop = Shop::of("tiendanube", 60).await;
    let person = shop.person().await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Loja Flor", shop.live().await).await;

    window.open_customer(&person).await;
    let note = "Ligar à tarde; portão azul — “sem campainha”.";
    window.fill("note-input", note).await;
    assert_ne!(shop.truth(&person).await["note"], note, "nothing is sent before it is saved");
    picture("unsaved-note");
    // Held, so that the state in between can be seen.
    shop.trouble(json!({ "kind": "delay_ms", "ms": 3_000 }), json!({ "method": "PUT" })).await;
    window.click("save-edits").await;
    window.gone("save-edits").await;
    window
        .see(
            "the state between saved and sent",
            "return ['edited', 'sending'].includes(at('state-badge')?.dataset.state) && text('field-state-note')",
        )
        .await;
    picture("saved-not-sent");
    window.see("that it is on its way", "return at('state-badge')?.dataset.state === 'sending'").await;
    shop.arrives(&person, "note", note).await;
    window.state("clean").await;
    window.gone("field-state-note").await;
    assert_eq!(window.read("return at('note-input').value").await, json!(note));

    let writes = shop.requests().await.into_iter().filter(|request| request["method"] == "PUT").count();
    assert_eq!(writes, 1, "the edit was sent once");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_fields_are_saved_together_and_can_be_discarded() {
    let shop = Shop::of("tiendanube", 60).await;
    let person = shop.person().await;
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Loja Flor", shop.live().await).await;
    window.open_customer(&person).await;

    window.click("edit-customer").await;
    window.fill("field-name", "Rosângela D'Ávila").await;
    window.fill("field-phone", "+5511912345678").await;
    window.click("discard-edits").await;
    window
        .see_with("the old name", "return text('panel-name') === arguments[0]", &[json!(person.name)])
        .await;

    window.click("edit-customer").await;
    window.fill("field-name", "Rosângela D'Ávila").await;
    window.fill("field-phone", "+5511912345678").await;
    window.click("save-edits").await;
    window.see("the new name", "return text('panel-name') === \"Rosângela D'Ávila\"").await;
    shop.arrives(&person, "name", "Rosângela D'Ávila").await;
    shop.arrives(&person, "phone", "+5511912345678").await;
    assert_eq!(shop.truth(&person).await["email"], json!(person.email), "what was not edited stays");
    window.state("clean").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_note_is_the_stores_own_the_journal_is_written_and_found() {
    let shop = Shop::of("inallweb", 60).await;
    let people = shop.people().await;
    let person = people.iter().find(|person| person.record["admin_notes"].is_string()).unwrap().clone();
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Boutique Sol", shop.live().await).await;

    window.open_customer(&person).await;
    window
        .see_with(
            "the store's note",
            "return text('panel').includes(arguments[0])",
            &[json!(person.record["admin_notes"].as_str().unwrap().lines().next().unwrap())],
        )
        .await;
    assert_eq!(window.read("return at('note-input')").await, json!(null), "it can be read only");

    window.fill("journal-input", "Quer ser avisada da coleção Jacarandá").await;
    window.click("journal-add").await;
    window.see("the entry", "return text('journal-entry')?.includes('Jacarandá')").await;
    let rows = window.search("jacaranda").await;
    assert!(rows.len() == 1 && rows[0].contains(&person.name), "an entry can be searched for: {rows:?}");
    let sent = shop
        .requests()
        .await
        .into_iter()
        .any(|request| request["body"].as_str().unwrap().contains("Jacarand"));
    assert!(!sent, "the journal stays here");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_changed_at_the_store_and_a_refusal_is_in_its_words() {
    let shop = Shop::of("inallweb", 60).await;
    let people = shop.people().await;
    let customers: Vec<_> = people.into_iter().filter(|person| person.record["role"] == "customer").collect();
    let [willing, refused, ..] = customers.as_slice() else { panic!("too few customers") };
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Boutique Sol", shop.live().await).await;

    window.open_customer(willing).await;
    window.choose("role-select", "manager").await;
    assert_eq!(shop.truth(willing).await["role"], "customer", "choosing is not changing");
    picture("role-question");
    window.click_away("role-apply").await;
    shop.arrives(willing, "role", "manager").await;
    window.state("clean").await;

    // Only a system administrator can make another one; the sign-in is an administrator's.
    window.open_customer(refused).await;
    window.choose("role-select", "sysadmin").await;
    window.there("role-withheld").await;
    assert_eq!(window.read("return at('role-apply')").await, json!(null), "it cannot even be sent");
    picture("role-withheld");

    // What only the store knows, it says itself.
    let words = "Roles are frozen until Monday";
    let fault = json!({ "kind": "status", "status": 422, "body": { "detail": words } });
    shop.trouble(fault, json!({ "path_contains": "/role" })).await;
    window.choose("role-select", "staff").await;
    window.click_away("role-apply").await;
    window
        .see_with("the store's words", "return text('panel').includes(arguments[0])", &[json!(words)])
        .await;
    window.state("parked").await;
    picture("role-refused");
    assert_eq!(shop.truth(refused).await["role"], "customer");
    shop.no_trouble().await;

    window.click("panel-decide").await;
    window
        .see_with(
            "the refusal in full",
            "return document.body.innerText.includes(arguments[0])",
            &[json!(words)],
        )
        .await;
    window.click("edit-discard").await;
    window.there("decide-empty").await;
    window.open_customer(refused).await;
    window.state("clean").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_the_pointer_stays_there_when_the_store_answers() {
    let shop = Shop::of("inallweb", 40).await;
    let person = shop.people().await.into_iter().next().unwrap();
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&shop.store(), "Boutique Sol", shop.live().await).await;

    // Its addresses are known only after the store was asked, and stand above what somebody points at by then.
    shop.trouble(json!({ "kind": "delay_ms", "ms": 5_000 }), json!({})).await;
    window.open_customer(&person).await;
    window.click("more").await;
    let place = "return Math.round(at('more').getBoundingClientRect().top)";
    let before = window.read(place).await;
    assert_eq!(window.read("return all('address').length").await, json!(0), "the store was not waited for");
    window.there("address").await;
    assert_eq!(window.read(place).await, before, "it slid away under the pointer");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_change_roles_is_told_so_before_anything_is_sent() {
    let shop = Shop::of("inallweb", 40).await;
    let people = shop.people().await;
    let person = people.into_iter().find(|person| person.record["role"] == "customer").unwrap();
    let manager = shop.account("manager").await;
    let text = |key: &str| manager[key].as_str().unwrap().to_owned();
    let store = ReadyStore { email: Some(text("email")), secrets: vec![text("password")], ..shop.store() };
    let machine = Machine::new();
    let window = machine.open().await;
    window.connect(&store, "Boutique Sol", shop.live().await).await;

    window.open_customer(&person).await;
    window.see("whose role is too small", "return text('role-hint')?.includes('Manager')").await;
    window.choose("role-select", "staff").await;
    window.there("role-withheld").await;
    assert_eq!(window.read("return at('role-apply')").await, json!(null));
    // Somebody may have given more rights meanwhile: the store can be asked, and says the same.
    window.click("role-ask").await;
    window.see("it was asked", "return at('role-ask')?.getAttribute('aria-busy') !== 'true'").await;
    window.there("role-withheld").await;
    picture("role-powerless");
    assert_eq!(shop.truth(&person).await["role"], "customer", "nothing has changed there");
    let tried =
        shop.requests().await.into_iter().any(|request| request["path"].as_str().unwrap().contains("/role"));
    assert!(!tried, "nothing was sent");
}
