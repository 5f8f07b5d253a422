//! A search is never an error, whatever is typed.

use clientela_database::view::list::{self, Query};
use clientela_domain::{CustomerRecord, Presence, RemoteId};
use clientela_testkit::temp_book;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::search::book_of_people;

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => any::<String>(),
        2 => prop::collection::vec(any::<char>(), 0..12).prop_map(|letters| letters.into_iter().collect()),
        2 => "[\"'*^:(){}+\\-,;%_\\\\ a-c0-9\u{0}]{0,16}",
        1 => "(AND|OR|NOT|NEAR|words|pieces|\"|\\*| |a|\\(|\\)|:|\\+|1){0,12}",
    ]
}

#[test]
fn two_thousand_texts_are_no_error() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    // Connections go back to their pool with the help of the runtime.
    let _inside = runtime.enter();
    let (_book, mut connection) = runtime.block_on(async {
        let book = book_of_people().await;
        let connection = book.read().await.expect("the book can be read");
        (book, connection)
    });
    let mut runner =
        TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) });
    let mut answered = 0;
    let connection = std::cell::RefCell::new(&mut connection);
    let counter = std::cell::RefCell::new(&mut answered);
    let result = runner.run(&typed(), |text| {
        let query = Query { text, ..Query::default() };
        let found = runtime.block_on(list::ids(&mut connection.borrow_mut(), &query));
        **counter.borrow_mut() += 1;
        prop_assert!(found.is_ok(), "{:?}: {found:?}", query.text);
        Ok(())
    });
    assert_eq!(result, Ok(()));
    assert!(answered >= 2_000, "every text was asked for");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Whoever types a whole name as it is written finds at least that person, unless the name has nothing to look for.
    #[test]
    fn a_name_finds_its_owner(names in prop::collection::vec("\\PC{1,14}", 1..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        runtime.block_on(async {
            let book = temp_book().await;
            let store = book.store("Loja").await;
            let records: Vec<_> = names
                .iter()
                .enumerate()
                .map(|(number, name)| {
                    let mut record = CustomerRecord::new(RemoteId::new(number.to_string()));
                    record.first_name = Presence::Value(name.clone());
                    record
                })
                .collect();
            let kept = book.keep(store, &records).await;
            let mut connection = book.read().await.expect("the book can be read");
            for (name, id) in names.iter().zip(kept) {
                let query = Query { text: name.clone(), ..Query::default() };
                let found = list::ids(&mut connection, &query).await.expect("a search never fails");
                assert!(found.contains(&id), "{name:?} does not find its owner");
            }
        });
    }
}
