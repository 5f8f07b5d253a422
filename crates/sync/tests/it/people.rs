//! People whom the tests put into a store, with something in every field that the platform has.

use serde_json::{Value, json};

/// A valid number of a person, another one for each `n` below 1,000.
pub(crate) fn cpf(n: u32) -> String {
    with_check_digits(format!("{:09}", 529_982_000 + n), &[10, 11])
}

/// A valid number of a company, another one for each `n` below 1,000.
pub(crate) fn cnpj(n: u32) -> String {
    with_check_digits(format!("{:08}0001", 11_222_000 + n), &[9, 9])
}

/// Both documents weigh their digits from the right, one from 2 to 9 again and again, the other from 2 on.
fn with_check_digits(mut digits: String, longest: &[u32; 2]) -> String {
    for longest in longest {
        let weights = (2..=*longest.max(&9)).cycle();
        let sum: u32 =
            digits.bytes().rev().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        let check = match sum % 11 {
            0 | 1 => 0,
            rest => 11 - rest,
        };
        digits.push_str(&check.to_string());
    }
    digits
}

/// The `n`th person, as the control API of a platform takes one; a company where `legal`.
pub(crate) fn person(platform: &str, n: u32, legal: bool) -> Value {
    let email = format!("pessoa{n}@conjunto.example");
    let name = format!("Pessoa{n}");
    let phone = format!("1198000{:04}", n);
    let international = format!("+55{phone}");
    let note = format!("nota {n}");
    let street = format!("Rua das Flores {n}");
    match platform {
        "inallweb" => json!({
            "email": email, "first_name": name, "last_name": "da Silva", "phone": international, "admin_notes": note,
            "addresses": [
                {"type": "billing", "address_line1": street, "city": "Porto", "postal_code": "4000-001", "country": "PT"},
            ],
        }),
        "tiendanegocio" => json!({
            "name": name, "last_name": "da Silva", "email": email, "phone": format!("54{phone}"), "note": note,
            "identification": format!("301234{n:02}"), "identification_type": "DNI", "company": "Silva Hermanos",
            "accepts_marketing": true,
            "address": {"address": street, "number": "12", "floor": "3", "locality": "Centro", "city": "Rosario",
                "province": "Santa Fe", "zipcode": "2000", "country": "AR"},
        }),
        "tiendanube" => json!({
            "name": name, "email": email, "phone": international, "note": note, "identification": cpf(n),
            "business_name": "Silva ME", "internal_reference": format!("ERP-{n}"), "extra": {"cor": "azul"},
            "billing_name": name, "billing_address": street, "billing_city": "Recife", "billing_country": "BR",
            "addresses": [
                {"address": street, "number": "12", "floor": "3", "locality": "Centro", "city": "Recife",
                    "province": "Pernambuco", "zipcode": "50000000", "country": "BR", "default": true},
                {"address": "Rua do Sol", "number": "7", "locality": "Boa Vista", "city": "Olinda",
                    "province": "Pernambuco", "zipcode": "53000000", "country": "BR"},
            ],
        }),
        "uappi" => json!({
            "email": email, "nameCorporateName": name, "tradeName": "da Silva", "phone": international,
            "gender": "female", "birthdate": "1980-05-17", "walletAmount": "12.50", "pointSystemAmount": 40,
            "documents": [{"type": "CPF", "document": cpf(n)}],
            "addresses": [{"main": true, "street": street, "number": "12", "complement": "ap 3", "district": "Centro",
                "city": "Recife", "state": "Pernambuco", "stateCode": "PE", "zipCode": "50000-000",
                "countryCode": "BR", "recipient": name, "identification": "Casa"}],
        }),
        _ if legal => json!({
            "first_name": name, "last_name": "da Silva", "email": email, "phone": phone, "type": "j", "cnpj": cnpj(n),
            "razao_social": "Silva Comércio Ltda", "state_registration": "110042490114", "notes": note,
            "newsletter": true, "whatsapp": false,
        }),
        _ => json!({
            "first_name": name, "last_name": "da Silva", "email": email, "phone": phone, "type": "f", "cpf": cpf(n),
            "birthday": "1980-05-17", "notes": note, "newsletter": true, "whatsapp": false,
            "addresses": [
                {"receiver": name, "street": street, "number": "12", "complement": "ap 3", "neighborhood": "Centro",
                    "city": "Recife", "uf": "PE", "zip_code": "50000000"},
                {"receiver": name, "street": "Rua do Sol", "number": "7", "neighborhood": "Boa Vista",
                    "city": "Olinda", "uf": "PE", "zip_code": "53000000"},
            ],
        }),
    }
}

#[test]
fn documents_are_valid() {
    use clientela_domain::customer::DocumentKind;
    use clientela_domain::normalise::document::is_valid;
    for n in 0..50 {
        assert_eq!(is_valid(&DocumentKind::Cpf, &cpf(n)), Some(true), "{}", cpf(n));
        assert_eq!(is_valid(&DocumentKind::Cnpj, &cnpj(n)), Some(true), "{}", cnpj(n));
    }
}
