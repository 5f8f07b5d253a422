//! Sign-ins of a store where one opens one customer only.

use clientela_database::commit;
use clientela_database::table::sign_in::{self, SignIn};
use clientela_database::table::store;
use clientela_domain::RemoteId;
use clientela_testkit::temp_book;

fn opens(place: i64, customer: &str) -> SignIn {
    SignIn { place, customer: RemoteId::new(customer) }
}

#[tokio::test]
async fn a_renewed_sign_in_takes_the_place_of_the_old_one_and_goes_with_the_store() {
    let book = temp_book().await;
    let store = book.store("Loja").await;
    let mut transaction = book.write().await.expect("the book works");
    for sign_in in [opens(0, "9007199254740993"), opens(1, "7"), opens(1, "7")] {
        sign_in::write(&mut transaction, store, &sign_in).await.expect("the book works");
    }
    commit(transaction).await.expect("the book works");
    let mut connection = book.read().await.expect("the book works");
    let all = sign_in::of_store(&mut connection, store).await.expect("the book works");
    assert_eq!(all, [opens(0, "9007199254740993"), opens(1, "7")]);
    drop(connection);
    let mut transaction = book.write().await.expect("the book works");
    store::remove(&mut transaction, store).await.expect("the book works");
    assert_eq!(sign_in::of_store(&mut transaction, store).await.expect("the book works"), []);
    commit(transaction).await.expect("the book works");
}
