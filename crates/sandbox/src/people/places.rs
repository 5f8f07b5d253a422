//! Streets, cities and postal codes. The lists are static text, so a large store does not pay for them twice.

use std::borrow::Cow;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::people::{Country, pick};

/// One address as a person gave it; text that was left empty is empty.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) street: Cow<'static, str>,
    pub(crate) number: String,
    pub(crate) floor: Cow<'static, str>,
    pub(crate) locality: Cow<'static, str>,
    pub(crate) city: Cow<'static, str>,
    pub(crate) province: Cow<'static, str>,
    pub(crate) postal_code: String,
    pub(crate) country: Country,
}

const BRAZILIAN_STREETS: &[&str] = &[
    "Rua das Acácias",
    "Avenida Paulista",
    "Rua São João",
    "Rua XV de Novembro",
    "Avenida Conceição",
    "Travessa do Ouvidor",
    "Alameda Santos",
    "Rua Padre Antônio",
    "Praça Roberto Gomes Pedrosa",
    "Rua Marquês de Olinda",
    "Rodovia BR-101, km 12",
    "Rua Coronel João D'Ávila",
    "Avenida Getúlio Vargas",
    "Rua Três Irmãos",
    "Ladeira da Barra",
    "Rua Açaí",
];
const BRAZILIAN_CITIES: &[(&str, &str, &str, &str)] = &[
    ("São Paulo", "São Paulo", "Morumbi", "05"),
    ("São Paulo", "São Paulo", "Sé", "01"),
    ("Rio de Janeiro", "Rio de Janeiro", "Lapa", "20"),
    ("Belo Horizonte", "Minas Gerais", "Savassi", "30"),
    ("Florianópolis", "Santa Catarina", "Córrego Grande", "88"),
    ("Curitiba", "Paraná", "Água Verde", "80"),
    ("Salvador", "Bahia", "Barra", "40"),
    ("Fortaleza", "Ceará", "Aldeota", "60"),
    ("Brasília", "Distrito Federal", "Asa Sul", "70"),
    ("Goiânia", "Goiás", "Setor Bueno", "74"),
    ("Belém", "Pará", "Nazaré", "66"),
    ("Maceió", "Alagoas", "Pajuçara", "57"),
    ("São Luís", "Maranhão", "Calhau", "65"),
    ("Porto Alegre", "Rio Grande do Sul", "Moinhos", "90"),
    ("Vitória", "Espírito Santo", "Jardim Camburi", "29"),
    ("Macapá", "Amapá", "Santa Inês", "68"),
    ("Cuiabá", "Mato Grosso", "Araés", "78"),
];
const ARGENTINE_STREETS: &[&str] = &[
    "Avenida Corrientes",
    "Calle Güemes",
    "Pasaje El Ñandú",
    "Avenida Rivadavia",
    "Boulevard Oroño",
    "Calle San Martín",
    "Diagonal 74",
    "Calle Hipólito Yrigoyen",
    "Avenida Colón",
    "Calle Bartolomé Mitre",
    "Ruta 8, km 51",
    "Calle Peña",
];
const ARGENTINE_CITIES: &[(&str, &str, &str, &str)] = &[
    ("Ciudad Autónoma de Buenos Aires", "Capital Federal", "Recoleta", "14"),
    ("La Plata", "Buenos Aires", "Tolosa", "19"),
    ("Córdoba", "Córdoba", "Nueva Córdoba", "50"),
    ("Rosario", "Santa Fe", "Pichincha", "20"),
    ("Mendoza", "Mendoza", "Godoy Cruz", "55"),
    ("San Miguel de Tucumán", "Tucumán", "Yerba Buena", "40"),
    ("Neuquén", "Neuquén", "Área Centro", "83"),
    ("Paraná", "Entre Ríos", "Bajada Grande", "31"),
    ("Bahía Blanca", "Buenos Aires", "Ingeniero White", "80"),
    ("San Carlos de Bariloche", "Río Negro", "Ñireco", "84"),
    ("Ushuaia", "Tierra del Fuego", "", "94"),
];
const PORTUGUESE_STREETS: &[&str] = &[
    "Rua da Conceição",
    "Avenida da Liberdade",
    "Rua de São Bento",
    "Largo do Chafariz",
    "Rua Doutor António José de Almeida",
    "Travessa das Mónicas",
    "Rua do Açúcar",
    "Praceta João de Deus",
    "Calçada do Combro",
    "Rua 25 de Abril",
];
const PORTUGUESE_CITIES: &[(&str, &str, &str, &str)] = &[
    ("Lisboa", "Lisboa", "Arroios", "1250"),
    ("Porto", "Porto", "Cedofeita", "4050"),
    ("Braga", "Braga", "Maximinos", "4700"),
    ("Coimbra", "Coimbra", "Santa Clara", "3000"),
    ("Évora", "Évora", "Malagueira", "7000"),
    ("Setúbal", "Setúbal", "Anunciada", "2900"),
    ("Faro", "Faro", "Sé", "8000"),
    ("Guimarães", "Braga", "Azurém", "4800"),
    ("Ponta Delgada", "Açores", "São Pedro", "9500"),
    ("Câmara de Lobos", "Madeira", "Estreito", "9300"),
    ("Vila Nova de Gaia", "Porto", "Mafamude", "4430"),
];
const FLOORS: &[&str] = &["2º B", "ap. 42", "3 D", "Bloco C, ap. 101", "PB", "Fundos", "Dto."];

/// None for some, one for most, up to six for a few.
pub(crate) fn places(country: Country, dice: &mut ChaCha8Rng) -> Vec<Place> {
    let count = match dice.random_range(0..100) {
        0..12 => 0,
        12..74 => 1,
        74..90 => 2,
        90..96 => 3,
        96..98 => 4,
        98 => 5,
        _ => 6,
    };
    (0..count).map(|_| place(country, dice)).collect()
}

fn place(country: Country, dice: &mut ChaCha8Rng) -> Place {
    let (streets, cities) = match country {
        Country::Brazil => (BRAZILIAN_STREETS, BRAZILIAN_CITIES),
        Country::Argentina => (ARGENTINE_STREETS, ARGENTINE_CITIES),
        Country::Portugal => (PORTUGUESE_STREETS, PORTUGUESE_CITIES),
    };
    let (city, province, locality, prefix) = pick(cities, dice);
    let tail: u32 = dice.random_range(0..1_000);
    let postal_code = match country {
        Country::Brazil if dice.random_bool(0.7) => {
            format!("{prefix}{:03}-{tail:03}", dice.random_range(0..1_000))
        }
        Country::Brazil => format!("{prefix}{:03}{tail:03}", dice.random_range(0..1_000)),
        Country::Argentina if dice.random_bool(0.3) => format!("C{prefix}{:02}DKG", tail % 100),
        Country::Argentina => format!("{prefix}{:02}", tail % 100),
        Country::Portugal => format!("{prefix}-{tail:03}"),
    };
    let number =
        if dice.random_ratio(6, 100) { "s/n".to_owned() } else { dice.random_range(1..4_000).to_string() };
    Place {
        street: Cow::Borrowed(pick(streets, dice)),
        number,
        floor: Cow::Borrowed(if dice.random_ratio(40, 100) { pick(FLOORS, dice) } else { "" }),
        locality: Cow::Borrowed(if dice.random_ratio(80, 100) { locality } else { "" }),
        city: Cow::Borrowed(city),
        province: Cow::Borrowed(province),
        postal_code,
        country,
    }
}
