//! Names, companies, e-mail addresses and notes.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::people::{Country, pick};

const PORTUGUESE_WOMEN: &[&str] = &[
    "Ana",
    "Antônia",
    "Beatriz",
    "Camila",
    "Cecília",
    "Cláudia",
    "Conceição",
    "Débora",
    "Eduarda",
    "Elaine",
    "Fernanda",
    "Flávia",
    "Gabriela",
    "Helena",
    "Heloísa",
    "Inês",
    "Isabel",
    "Júlia",
    "Larissa",
    "Letícia",
    "Lívia",
    "Lúcia",
    "Luíza",
    "Márcia",
    "Maria",
    "Mariana",
    "Mônica",
    "Natália",
    "Patrícia",
    "Raquel",
    "Renata",
    "Rita",
    "Sílvia",
    "Simone",
    "Sofia",
    "Tânia",
    "Valéria",
    "Zuleica",
];

const PORTUGUESE_MEN: &[&str] = &[
    "Antônio",
    "Bruno",
    "Caio",
    "Carlos",
    "Cristóvão",
    "Diego",
    "Édson",
    "Fábio",
    "Francisco",
    "Gonçalo",
    "Hugo",
    "Ítalo",
    "João",
    "Joaquim",
    "Jorge",
    "José",
    "Lourenço",
    "Luís",
    "Marcos",
    "Matheus",
    "Nuno",
    "Otávio",
    "Paulo",
    "Pedro",
    "Rafael",
    "Ricardo",
    "Rodrigo",
    "Rogério",
    "Sérgio",
    "Tarcísio",
    "Thiago",
    "Vinícius",
    "Vítor",
    "Zé",
];

const PORTUGUESE_LAST: &[&str] = &[
    "Albuquerque",
    "Almeida",
    "Alves",
    "Amaral",
    "Andrade",
    "Antunes",
    "Araújo",
    "Assunção",
    "Azevedo",
    "Barbosa",
    "Barros",
    "Batista",
    "Bragança",
    "Brandão",
    "Brito",
    "Cabral",
    "Calçada",
    "Camargo",
    "Cardoso",
    "Carvalho",
    "Coelho",
    "Conceição",
    "Correia",
    "Costa",
    "Cunha",
    "D'Ávila",
    "D’Almeida",
    "Damasceno",
    "Dantas",
    "Dias",
    "Falcão",
    "Farias",
    "Ferrão",
    "Ferreira",
    "Figueiredo",
    "Fonseca",
    "Freitas",
    "Galvão",
    "Gonçalves",
    "Gouvêa",
    "Guimarães",
    "Leitão",
    "Lima",
    "Lopes",
    "Magalhães",
    "Marques",
    "Medeiros",
    "Melo",
    "Mendonça",
    "Monteiro",
    "Moraes",
    "Moura",
    "Nóbrega",
    "Nogueira",
    "Oliveira",
    "Patrício",
    "Peixoto",
    "Pereira",
    "Queirós",
    "Ramalho",
    "Ribeiro",
    "Rocha",
    "Sá",
    "Salomão",
    "Santos",
    "Serrão",
    "Silva",
    "Simões",
    "Souza",
    "Teixeira",
    "Vasconcelos",
    "Viana",
    "Xavier",
];

const SPANISH_WOMEN: &[&str] = &[
    "Analía",
    "Ángela",
    "Belén",
    "Brenda",
    "Camila",
    "Carolina",
    "Celeste",
    "Daniela",
    "Delfina",
    "Florencia",
    "Guadalupe",
    "Julieta",
    "Lucía",
    "Luján",
    "Malena",
    "Melina",
    "Micaela",
    "Milagros",
    "Noelia",
    "Pilar",
    "Rocío",
    "Sofía",
    "Soledad",
    "Valentina",
    "Verónica",
    "Ximena",
    "Yamila",
];

const SPANISH_MEN: &[&str] = &[
    "Agustín",
    "Alejandro",
    "Andrés",
    "Benjamín",
    "Damián",
    "Emiliano",
    "Ezequiel",
    "Facundo",
    "Federico",
    "Franco",
    "Gastón",
    "Germán",
    "Gonzalo",
    "Hernán",
    "Ignacio",
    "Iñaki",
    "Joaquín",
    "Lautaro",
    "Leandro",
    "Marcelo",
    "Martín",
    "Matías",
    "Maximiliano",
    "Nahuel",
    "Nicolás",
    "Ramón",
    "Santiago",
    "Sebastián",
    "Tomás",
];

const SPANISH_LAST: &[&str] = &[
    "Acosta",
    "Agüero",
    "Álvarez",
    "Arrieta",
    "Ávalos",
    "Báez",
    "Benítez",
    "Bianchi",
    "Bustos",
    "Cáceres",
    "Castaño",
    "Chávez",
    "Córdoba",
    "De la Peña",
    "Díaz",
    "Domínguez",
    "Escudero",
    "Etchegaray",
    "Fernández",
    "Figueroa",
    "Gallardo",
    "Giménez",
    "Godoy",
    "Gómez",
    "González",
    "Gutiérrez",
    "Ibáñez",
    "Iturralde",
    "Juárez",
    "Ledesma",
    "Luján",
    "Maldonado",
    "Martínez",
    "Medina",
    "Montañez",
    "Moreno",
    "Muñoz",
    "Núñez",
    "Ocampo",
    "Ordóñez",
    "Peña",
    "Peralta",
    "Pérez",
    "Quiñones",
    "Quiroga",
    "Ramírez",
    "Rodríguez",
    "Romagnoli",
    "Ruiz",
    "Sánchez",
    "Soria",
    "Sosa",
    "Suárez",
    "Toledo",
    "Urquiza",
    "Valdés",
    "Vázquez",
    "Viñas",
    "Yáñez",
    "Zárate",
];

const TRADES: &[&str] =
    &["Padaria", "Papelaria", "Ótica", "Confecções", "Mercearia", "Floricultura", "Ateliê"];
const SPANISH_TRADES: &[&str] =
    &["Panadería", "Librería", "Óptica", "Almacén", "Ferretería", "Vivero", "Taller"];

const NOTES: &[&str] = &[
    "Prefere entrega à tarde.",
    "Cliente desde a loja antiga; pede sempre nota fiscal no CNPJ.",
    "Ligar antes de entregar. Portão azul, interfone com defeito.",
    "Trocou o tamanho duas vezes (M → G).\nConferir antes de enviar.",
    "Alérgica a níquel; avisar sobre as peças banhadas. Aniversário em 3 de março.",
    "Pagou com Pix; comprovante \"no e-mail\"; falta conciliar.",
    "Não aceita substituição de produto. Não deixar com o porteiro, só com a irmã (ap. 42), que também compra \
     conosco e às vezes paga os dois pedidos juntos. Na última vez houve confusão com o endereço de cobrança.",
];

const SPANISH_NOTES: &[&str] = &[
    "Prefiere retirar en el local.",
    "Pide factura A. Mandar por mail.",
    "Llamar antes: el timbre no anda.",
    "Compra por mayor cada dos meses;\nconsultar stock con Ñandú Textil.",
    "No dejar el paquete en portería. ¿Avisar por WhatsApp? Sí, siempre después de las 18, porque antes trabaja \
     y no puede atender; si no contesta, dejar aviso y coordinar otra visita para la semana siguiente.",
];

pub(crate) fn name(country: Country, dice: &mut ChaCha8Rng) -> (String, String) {
    let woman = dice.random_bool(0.6);
    let (first_names, last_names) = match country {
        Country::Argentina => (if woman { SPANISH_WOMEN } else { SPANISH_MEN }, SPANISH_LAST),
        Country::Portugal | Country::Brazil => {
            (if woman { PORTUGUESE_WOMEN } else { PORTUGUESE_MEN }, PORTUGUESE_LAST)
        }
    };
    let mut first_name = pick(first_names, dice).to_owned();
    if dice.random_ratio(20, 100) {
        first_name = format!("{first_name} {}", pick(first_names, dice));
    }
    let mut last_name = pick(last_names, dice).to_owned();
    if dice.random_ratio(55, 100) {
        let link = match country {
            Country::Argentina => " ",
            _ => pick(&[" ", " ", " ", " de ", " e "], dice),
        };
        last_name = format!("{last_name}{link}{}", pick(last_names, dice));
    }
    (first_name, last_name)
}

pub(crate) fn company(country: Country, last_name: &str, dice: &mut ChaCha8Rng) -> String {
    match country {
        Country::Argentina => format!("{} {last_name} S.R.L.", pick(SPANISH_TRADES, dice)),
        Country::Brazil => format!("{} {last_name} Ltda", pick(TRADES, dice)),
        Country::Portugal => format!("{} {last_name}, Lda.", pick(TRADES, dice)),
    }
}

/// The index makes it unique; the domains are reserved, so nothing sent to them arrives anywhere.
pub(crate) fn email(first_name: &str, last_name: &str, index: u64, dice: &mut ChaCha8Rng) -> String {
    let domain = pick(&["correio.example", "mail.example", "caixa.example", "empresa.example"], dice);
    let (first, last) = (plain(first_name), plain(last_name));
    match dice.random_range(0..4) {
        0 => format!("{first}.{last}{index}@{domain}"),
        1 => format!("{first}{index}@{domain}"),
        2 => format!("{}{last}+{index}@{domain}", &first[..first.len().min(1)]),
        _ => format!("{last}_{first}.{index}@{domain}"),
    }
}

pub(crate) fn note(country: Country, dice: &mut ChaCha8Rng) -> String {
    pick(if country == Country::Argentina { SPANISH_NOTES } else { NOTES }, dice).to_owned()
}

/// The first word, in letters an address takes.
fn plain(name: &str) -> String {
    name.split(' ').next().unwrap_or_default().chars().filter_map(unaccented).collect()
}

fn unaccented(letter: char) -> Option<char> {
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    match lower {
        'á' | 'à' | 'â' | 'ã' => Some('a'),
        'é' | 'ê' => Some('e'),
        'í' => Some('i'),
        'ó' | 'ô' | 'õ' => Some('o'),
        'ú' | 'ü' => Some('u'),
        'ç' => Some('c'),
        'ñ' => Some('n'),
        _ => Some(lower).filter(char::is_ascii_alphanumeric),
    }
}
