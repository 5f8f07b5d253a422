//! What a person reads when something did not work: what happened and what to do next, in three languages.

use clientela_app::error::{ApiError, Code};

/// Language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Portuguese,
    Spanish,
    English,
}

impl Language {
    /// The language of a tag like `pt-BR`; nothing when it is none of ours.
    pub(crate) fn parse(tag: &str) -> Option<Self> {
        match tag.to_lowercase().split(['-', '_']).next() {
            Some("pt") => Some(Language::Portuguese),
            Some("es") => Some(Language::Spanish),
            Some("en") => Some(Language::English),
            _ => None,
        }
    }

    /// The text in this language, of Portuguese, Spanish and English.
    pub(crate) fn choose(self, texts: &[String; 3]) -> String {
        let [portuguese, spanish, english] = texts;
        match self {
            Language::Portuguese => portuguese.clone(),
            Language::Spanish => spanish.clone(),
            Language::English => english.clone(),
        }
    }

    /// The system's language, else English.
    pub(crate) fn of_system() -> Self {
        sys_locale::get_locale().and_then(|tag| Self::parse(&tag)).unwrap_or(Language::English)
    }
}

/// What a broken rule demands, in the three languages.
fn rule(field: &str, rule: &str, limit: &str) -> [String; 3] {
    let [portuguese, spanish, english] = match rule {
        "required" => ["não pode ficar vazio", "no puede quedar vacío", "cannot be empty"].map(str::to_owned),
        "too_long" => [
            format!("tem mais de {limit} caracteres"),
            format!("tiene más de {limit} caracteres"),
            format!("is longer than {limit} characters"),
        ],
        "choice" => [
            format!("deve ser um destes: {limit}"),
            format!("tiene que ser uno de estos: {limit}"),
            format!("must be one of {limit}"),
        ],
        "email" => ["não é um e-mail", "no es un e-mail", "is not an e-mail address"].map(str::to_owned),
        "phone" => ["não é um telefone", "no es un teléfono", "is not a phone number"].map(str::to_owned),
        "phone_country" => [
            "precisa do código do país, como +5511987654321",
            "necesita el código del país, como +541143215678",
            "needs its country in front, like +5511987654321",
        ]
        .map(str::to_owned),
        "birthday" | "date" => [
            "deve ser uma data como 1990-12-31",
            "tiene que ser una fecha como 1990-12-31",
            "must be a day like 1990-12-31",
        ]
        .map(str::to_owned),
        "flag" => ["deve ser true ou false", "tiene que ser true o false", "must be true or false"]
            .map(str::to_owned),
        _ => ["não é válido", "no es válido", "is not valid"].map(str::to_owned),
    };
    [format!("{field}: {portuguese}."), format!("{field}: {spanish}."), format!("{field}: {english}.")]
}

/// The sentence for an error.
pub(crate) fn sentence(error: &ApiError, language: Language) -> String {
    let detail = |key: &str| error.details.get(key).map(String::as_str).unwrap_or_default();
    let store = detail("store");
    let [portuguese, spanish, english] = match error.code {
        Code::SignInNeeded => [
            format!("A loja {store} não aceita o token ou a senha. Confira e conecte de novo; as edições continuam guardadas aqui."),
            format!("La tienda {store} no acepta el token o la contraseña. Revisalo y volvé a conectarla; los cambios siguen guardados acá."),
            format!("The store {store} does not accept the token or password. Check it and sign in again; edits stay saved here."),
        ],
        Code::Unreachable => [
            format!("Não foi possível chegar à loja {store}. As edições continuam na fila; tente de novo quando houver conexão."),
            format!("No se pudo llegar a la tienda {store}. Los cambios siguen en la cola; probá de nuevo cuando haya conexión."),
            format!("The store {store} cannot be reached. Edits stay queued; try again when there is a connection."),
        ],
        Code::FolderInUse => [
            "A pasta de dados está em uso por outro Clientela. Feche-o e tente de novo.".to_owned(),
            "La carpeta de datos está en uso por otro Clientela. Cerralo y probá de nuevo.".to_owned(),
            "The data folder is in use by another Clientela. Close it and try again.".to_owned(),
        ],
        Code::KeyMissing => [
            "A chave deste livro de clientes não está no chaveiro do sistema. Nada foi apagado; restaure o chaveiro ou abra com o usuário que o criou.".to_owned(),
            "La clave de este libro de clientes no está en el llavero del sistema. No se borró nada; restaurá el llavero o abrilo con el usuario que lo creó.".to_owned(),
            "The key of this customer book is not in the system's keychain. Nothing was deleted; restore the keychain, or open it as the user who made it.".to_owned(),
        ],
        Code::KeyWrong => [
            "A chave no chaveiro não abre este livro de clientes. Nada foi apagado.".to_owned(),
            "La clave del llavero no abre este libro de clientes. No se borró nada.".to_owned(),
            "The key in the keychain does not open this customer book. Nothing was deleted.".to_owned(),
        ],
        Code::KeychainUnavailable => [
            format!("O chaveiro do sistema não pode ser usado: {}. Desbloqueie-o, ou use CLIENTELA_SECRETS=file:CAMINHO.", error.message),
            format!("No se puede usar el llavero del sistema: {}. Desbloquealo, o usá CLIENTELA_SECRETS=file:RUTA.", error.message),
            format!("The system's keychain cannot be used: {}. Unlock it, or use CLIENTELA_SECRETS=file:PATH.", error.message),
        ],
        Code::FileDamaged => [
            format!("O arquivo {} está danificado. Ele não foi alterado nem apagado. `clientela doctor --mend` guarda-o ao lado e faz um novo com tudo o que foi digitado.", detail("path")),
            format!("El archivo {} está dañado. No se cambió ni se borró. `clientela doctor --mend` lo guarda al lado y hace uno nuevo con todo lo que se escribió.", detail("path")),
            format!("The file {} is damaged. It was neither changed nor deleted. `clientela doctor --mend` sets it aside and makes a new one with everything that was typed.", detail("path")),
        ],
        Code::FileMissing => [
            format!("O arquivo {} não está mais lá, mas o que foi digitado está no segundo arquivo. `clientela doctor --mend` faz um livro novo com tudo isso.", detail("path")),
            format!("El archivo {} ya no está, pero lo que se escribió está en el segundo archivo. `clientela doctor --mend` hace un libro nuevo con todo eso.", detail("path")),
            format!("The file {} is not there any more, but what was typed is in the second file. `clientela doctor --mend` makes a new book with all of it.", detail("path")),
        ],
        Code::NothingReadable => [
            "Nem o livro de clientes nem a segunda cópia podem ser lidos. Nada foi alterado. Se houver um backup da pasta, restaure-o; `clientela doctor --mend --may-lose-edits` guarda os arquivos ao lado e começa um livro vazio.".to_owned(),
            "No se pueden leer ni el libro de clientes ni la segunda copia. No se cambió nada. Si hay una copia de seguridad de la carpeta, restaurala; `clientela doctor --mend --may-lose-edits` guarda los archivos al lado y empieza un libro vacío.".to_owned(),
            "Neither the customer book nor its second copy can be read. Nothing was changed. Restore a backup of the folder if there is one; `clientela doctor --mend --may-lose-edits` sets the files aside and begins an empty book.".to_owned(),
        ],
        Code::InsecureUrl => [
            "Use um endereço https; http só é aceito para este computador.".to_owned(),
            "Usá una dirección https; http solo se acepta para esta computadora.".to_owned(),
            "Use an https address; http is accepted for this computer only.".to_owned(),
        ],
        Code::DiskFull => [
            "O disco está cheio. Nada do que já estava salvo se perdeu; libere espaço e tente de novo.".to_owned(),
            "El disco está lleno. No se perdió nada de lo guardado; liberá espacio y probá de nuevo.".to_owned(),
            "The disk is full. Nothing that was saved is lost; free some space and try again.".to_owned(),
        ],
        Code::StoreRefused | Code::Forbidden | Code::Unpaid => {
            let reason = detail("reason");
            [
                format!("A loja {store} recusou: {reason}"),
                format!("La tienda {store} lo rechazó: {reason}"),
                format!("The store {store} refused: {reason}"),
            ]
        }
        Code::ConfirmationNeeded => [
            "Para confirmar, digite exatamente o que foi pedido, ou use --yes.".to_owned(),
            "Para confirmar, escribí exactamente lo pedido, o usá --yes.".to_owned(),
            format!("{}; or use --yes.", error.message),
        ],
        Code::InvalidInput if error.details.contains_key("rule") => {
            rule(detail("field"), detail("rule"), detail("limit"))
        }
        Code::UnwritableField => {
            let (field, platform) = (detail("field"), detail("platform"));
            [
                format!("O campo {field} não pode ser alterado ({platform})."),
                format!("El campo {field} no se puede cambiar ({platform})."),
                format!("The field {field} cannot be changed ({platform})."),
            ]
        }
        Code::DuplicateCustomer => {
            let customer = detail("customer");
            [
                format!("Já existe um cliente com este e-mail ou documento {customer}. Use --although-duplicate para criar assim mesmo."),
                format!("Ya existe un cliente con este e-mail o documento {customer}. Usá --although-duplicate para crearlo igual."),
                format!("There is a customer with this e-mail or document already {customer}. Use --although-duplicate to make one all the same."),
            ]
        }
        Code::RoleNotYours => {
            let (role, ours) = (detail("role"), detail("signed_in_role"));
            [
                format!("Quem está conectado à loja {store} ({ours}) não pode dar o papel {role}."),
                format!("Quien está conectado a la tienda {store} ({ours}) no puede dar el rol {role}."),
                format!("Whoever is signed in at the store {store} ({ours}) cannot give the role {role}."),
            ]
        }
        Code::OutcomeUnknown => [
            format!("A loja {store} não respondeu; a alteração pode ter chegado. Sincronize e confira antes de repetir."),
            format!("La tienda {store} no respondió; el cambio puede haber llegado. Sincronizá y revisá antes de repetirlo."),
            format!("The store {store} did not answer; the change may have arrived. Sync and look before you repeat it."),
        ],
        // Mistakes of usage and rare trouble: the sentence of the error names the value.
        _ => [error.message.clone(), error.message.clone(), error.message.clone()],
    };
    language.choose(&[portuguese, spanish, english]).replace("  ", " ")
}
