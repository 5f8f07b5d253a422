//! The people and clusters a Yampi store begins with.

use crate::clock::{DAY, Moment, civil, midnight};
use crate::people::{Country, Crowd, Person, Place};
use crate::platform::yampi::body::national;
use crate::platform::yampi::shelf::{Address, Cluster, Customer, FIRST_ID, Kind, Order, Record, Shelf};

const FIRST_CLUSTER: i64 = 501;
const CLUSTERS: [&str; 3] = ["Atacado", "Clientes fiéis", "Revenda São Paulo"];

impl Shelf {
    pub(super) fn seeded(seed: u64, customers: usize, now: Moment) -> Shelf {
        const COUNTRIES: &[(Country, u32)] = &[(Country::Brazil, 96), (Country::Argentina, 4)];
        let today = midnight(now);
        let crowd = Crowd { seed, countries: COUNTRIES, typical_order: 16_000, today };
        let mut last_address = 3_400_000;
        let records = (0..customers as u64)
            .map(|index| {
                let current = customer(crowd.person(index), index, seed, &mut last_address);
                Record { current, stale: Vec::new() }
            })
            .collect();
        let clusters = CLUSTERS
            .iter()
            .zip(FIRST_CLUSTER..)
            .map(|(name, id)| Cluster { id, name: (*name).to_owned(), created_at: today - 900 * DAY })
            .collect();
        let first_young = id_at((customers as u64 * 9 / 10) & !1);
        Shelf { records, clusters, first_young, last_address, generation: 0, lagging_until: 0 }
    }
}

/// Ids in neighbouring pairs with gaps between them.
fn id_at(index: u64) -> i64 {
    FIRST_ID + (index / 2 * 5 + index % 2) as i64
}

fn customer(person: Person, index: u64, seed: u64, last_address: &mut i64) -> Customer {
    let id = id_at(index);
    let brazilian = person.country == Country::Brazil;
    let kind = if person.company.is_some() && brazilian { Kind::Legal } else { Kind::Natural };
    let document = person
        .document
        .as_deref()
        .filter(|_| brazilian)
        .map(|text| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    let mut customer = Customer {
        id,
        active: person.active,
        kind,
        cluster: (index % 6 < 2).then(|| FIRST_CLUSTER + (index / 6 % CLUSTERS.len() as u64) as i64),
        first_name: given(person.first_name),
        last_name: given(person.last_name),
        email: (index % 61 != 59).then_some(person.email),
        cpf: document.clone().filter(|_| kind == Kind::Natural),
        cnpj: document.filter(|_| kind == Kind::Legal),
        razao_social: person.company.filter(|_| kind == Kind::Legal),
        state_registration: (kind == Kind::Legal && index.is_multiple_of(2))
            .then(|| format!("{:012}", 110_042_490_114_u64 + index)),
        phone: person.phone.as_deref().map(national),
        birthday: (index % 4 != 2).then(|| birthday(index)),
        notes: person.note,
        newsletter: person.wants_news,
        whatsapp: index.is_multiple_of(2),
        social_driver: index.is_multiple_of(19).then(|| "facebook".to_owned()),
        social_id: index.is_multiple_of(19).then_some(10_000_000_000 + index as i64),
        ip: Some(format!("203.0.113.{}", index % 254 + 1)),
        utm_source: index.is_multiple_of(5).then(|| "instagram".to_owned()),
        utm_campaign: index.is_multiple_of(10).then(|| "dia-das-mães".to_owned()),
        orders: person
            .purchases
            .iter()
            .zip(0..)
            .map(|(purchase, at)| Order {
                id: 500_000_000 + index as i64 * 100 + at,
                cents: purchase.cents,
                at: purchase.at,
                paid: purchase.paid,
            })
            .collect(),
        created_at: person.registered_at,
        updated_at: person.changed_at,
        ..Customer::default()
    };
    give_secrets(&mut customer, seed);
    if person.unnamed {
        customer.set_name(Some("Não informado".to_owned()));
        customer.phone = None;
    }
    let receiver = customer.name().filter(|_| index % 3 != 1);
    for (place, at) in person.places.into_iter().zip(0..) {
        *last_address += 1;
        let created_at = (customer.created_at + at * DAY / 2).min(customer.updated_at);
        customer.addresses.push(address(place, *last_address, receiver.clone(), created_at));
    }
    customer
}

/// Texts that a search for leaks finds again, of which each customer has its own.
pub(super) fn give_secrets(customer: &mut Customer, seed: u64) {
    let stirred = (customer.id as u64 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    customer.token = Some(format!("customer-token-{}-{stirred:016x}", customer.id));
    customer.login_url = Some(format!(
        "https://loja-amostra.example/entrar/customer-login-{}-{:016x}",
        customer.id,
        stirred.rotate_left(29)
    ));
}

pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn birthday(index: u64) -> String {
    // Two centuries are covered, and the day of a leap year comes up.
    let days = -13_000 + (index as i64 * 7_919) % 25_000;
    if index % 97 == 3 { "1996-02-29".to_owned() } else { civil(days * DAY).format("%Y-%m-%d").to_string() }
}

fn address(place: Place, id: i64, receiver: Option<String>, created_at: Moment) -> Address {
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    Address {
        id,
        receiver,
        zip_code: Some(digits(&place.postal_code)),
        street: Some(place.street.into_owned()),
        number: Some(place.number),
        neighborhood: given(place.locality.into_owned()),
        complement: given(place.floor.into_owned()),
        uf: Some(state(&place.province, place.country).to_owned()),
        city: Some(place.city.into_owned()),
        created_at,
        updated_at: created_at,
    }
}

/// The two letters of a state; addresses abroad have `EX`.
fn state(province: &str, country: Country) -> &'static str {
    if country != Country::Brazil {
        return "EX";
    }
    match province {
        "Rio de Janeiro" => "RJ",
        "Minas Gerais" => "MG",
        "Santa Catarina" => "SC",
        "Paraná" => "PR",
        "Bahia" => "BA",
        "Ceará" => "CE",
        "Distrito Federal" => "DF",
        "Goiás" => "GO",
        "Pará" => "PA",
        "Alagoas" => "AL",
        "Maranhão" => "MA",
        "Rio Grande do Sul" => "RS",
        "Espírito Santo" => "ES",
        "Amapá" => "AP",
        "Mato Grosso" => "MT",
        _ => "SP",
    }
}
