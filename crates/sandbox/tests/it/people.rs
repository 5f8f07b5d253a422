use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::Harness;

fn texts<'a>(customers: &'a [Value], field: &'a str) -> impl Iterator<Item = &'a str> {
    customers.iter().filter_map(move |one| one[field].as_str())
}

#[tokio::test]
async fn are_the_same_for_the_same_seed_however_many() {
    let first = Harness::start(200, &[]).await;
    let second = Harness::start(300, &[]).await;
    let few = first.customers("tiendanube").await;
    let many = second.customers("tiendanube").await;
    for (one, other) in few.iter().zip(&many) {
        assert_eq!(one, other);
    }
}

#[tokio::test]
async fn are_plausible_and_untidy() {
    let harness = Harness::start(1_000, &[]).await;
    let customers = harness.customers("tiendanube").await;
    let emails: Vec<&str> = texts(&customers, "email").collect();
    let shared = emails.iter().filter(|email| **email == "email@naoinformado.com").count();
    assert!(shared > 3, "placeholders are shared");
    let distinct: BTreeSet<_> = emails.iter().filter(|email| !email.contains("informado.com")).collect();
    let own = emails.iter().filter(|email| !email.contains("informado.com")).count();
    assert_eq!(distinct.len(), own, "all others are unique");
    assert!(customers.iter().any(|one| one["email"].is_null()));
    let names: Vec<&str> = texts(&customers, "name").collect();
    assert!(names.contains(&""));
    assert!(names.iter().any(|name| name.chars().count() > 150));
    assert!(names.iter().any(|name| name.contains('ł') || name.contains('🌻') || name.contains('م')));
    let without = customers.iter().filter(|one| one["orders"].as_array().unwrap().is_empty()).count();
    assert!((60..150).contains(&without), "about a tenth has no order: {without}");
    let addresses: BTreeSet<usize> =
        customers.iter().map(|one| one["addresses"].as_array().unwrap().len()).collect();
    assert!(addresses.contains(&0) && addresses.contains(&6));
}

#[tokio::test]
async fn have_documents_whose_check_digits_hold() {
    let harness = Harness::start(1_500, &[]).await;
    let (mut cpf, mut cnpj, mut lettered, mut cuit) = (0, 0, 0, 0);
    let customers = harness.customers("tiendanube").await;
    for document in texts(&customers, "identification") {
        let places: Vec<u32> =
            document.chars().filter(char::is_ascii_alphanumeric).map(|place| place as u32 - 48).collect();
        match places.len() {
            14 => {
                assert_eq!(
                    places[12..],
                    [brazilian(&places[..12], 9), brazilian(&places[..13], 9)],
                    "{document}"
                );
                cnpj += 1;
                lettered += usize::from(places.iter().any(|place| *place > 9));
            }
            11 if is_cuit(&places) => cuit += 1,
            11 => {
                assert_eq!(
                    places[9..],
                    [brazilian(&places[..9], 99), brazilian(&places[..10], 99)],
                    "{document}"
                );
                cpf += 1;
            }
            length => assert!((7..=8).contains(&length), "{document}"),
        }
    }
    assert!(cpf > 100 && cnpj > 10 && lettered > 2 && cuit > 50, "{cpf} {cnpj} {lettered} {cuit}");
}

/// Weights grow from 2 at the right, and begin again after the largest.
fn brazilian(places: &[u32], largest: u32) -> u32 {
    let weights = (2..=largest).cycle();
    let sum: u32 = places.iter().rev().zip(weights).map(|(place, weight)| place * weight).sum();
    if sum % 11 < 2 { 0 } else { 11 - sum % 11 }
}

fn is_cuit(places: &[u32]) -> bool {
    let weights = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1];
    let sum: u32 = places.iter().zip(weights).map(|(place, weight)| place * weight).sum();
    sum.is_multiple_of(11) && [20, 23, 27, 30, 33].contains(&(places[0] * 10 + places[1]))
}
