//! `clientela doctor`: how the book is, and mending it.

use std::path::PathBuf;
use std::sync::Arc;

use clientela_app::command::Nothing;
use clientela_app::doctor;
use clientela_app::dto::health::{HealthDto, ProblemCode, ProblemDto, RebuildRequest, RebuiltDto, Remedy};
use clientela_app::error::ApiResult;
use serde_json::json;

use crate::exit::{self, Exit};
use crate::opening::{self, Environment};
use crate::output::Output;
use crate::progress::ProgressLine;
use crate::words::Language;

#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) mend: bool,
    pub(super) may_lose_edits: bool,
    pub(super) remove_old: bool,
}

pub(super) async fn run(
    folder: Option<PathBuf>,
    environment: &Environment,
    wanted: Wanted,
    output: Output,
) -> ApiResult<Exit> {
    let mend = wanted.mend;
    let mut rebuilt = None;
    let looked = match look(folder.clone(), environment, wanted).await {
        Ok(health) if mend && health.problems.iter().any(|found| found.remedy == Remedy::Rebuild) => None,
        Ok(health) => Some(health),
        Err(error) if mend && doctor::helps_to_rebuild(&error) => None,
        Err(error) => return Err(error),
    };
    let health = match looked {
        Some(health) => health,
        None => {
            let request = RebuildRequest { may_lose: wanted.may_lose_edits };
            rebuilt = Some(opening::rebuild(folder.clone(), environment, request).await?);
            // What has just been set aside stays until somebody asks again.
            look(folder, environment, Wanted { remove_old: false, ..wanted }).await?
        }
    };
    tell(&health, rebuilt.as_ref(), output);
    Ok(if health.problems.is_empty() { exit::DONE } else { exit::FAILED })
}

async fn look(folder: Option<PathBuf>, environment: &Environment, wanted: Wanted) -> ApiResult<HealthDto> {
    let app = opening::open(folder, environment, Arc::new(ProgressLine::new())).await?;
    if wanted.remove_old {
        doctor::remove_old(&app, Nothing {}).await?;
    }
    let health = match wanted.mend {
        true => doctor::mend(&app, Nothing {}).await,
        false => doctor::check(&app, Nothing {}).await,
    };
    app.close().await;
    health
}

fn tell(health: &HealthDto, rebuilt: Option<&RebuiltDto>, output: Output) {
    let answer = json!({
        "problems": health.problems,
        "mended": health.mended,
        "set_aside": health.set_aside,
        "rebuilt": rebuilt,
    });
    output.answer(&answer, || lines(health, rebuilt, output.language));
}

fn lines(health: &HealthDto, rebuilt: Option<&RebuiltDto>, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(rebuilt.filter(|made| made.was_needed).map(|made| language.choose(&words_of_rebuilt(made))));
    let mended = ["consertado", "reparado", "mended"].map(str::to_owned);
    for found in &health.mended {
        lines.push(format!("{}: {}", language.choose(&mended), sentence(found, language)));
    }
    lines.extend(health.problems.iter().map(|found| sentence(found, language)));
    if health.problems.is_empty() {
        let whole = [
            "o livro de clientes está inteiro",
            "el libro de clientes está entero",
            "the customer book is whole",
        ];
        lines.push(language.choose(&whole.map(str::to_owned)));
    } else if health.problems.iter().any(|found| found.remedy != Remedy::Person) {
        let advice = [
            "`clientela doctor --mend` conserta isso sem apagar nada",
            "`clientela doctor --mend` lo repara sin borrar nada",
            "`clientela doctor --mend` mends it without deleting anything",
        ];
        lines.push(language.choose(&advice.map(str::to_owned)));
    }
    let kept =
        ["arquivo antigo, guardado", "archivo anterior, guardado", "old file, kept"].map(str::to_owned);
    lines.extend(health.set_aside.iter().map(|path| format!("{}: {path}", language.choose(&kept))));
    lines
}

fn words_of_rebuilt(made: &RebuiltDto) -> [String; 3] {
    let RebuiltDto { stores, edits, notes, .. } = made;
    [
        format!(
            "livro novo: lojas {stores}, edições {edits}, notas do diário {notes}; os clientes vêm com a próxima sincronização"
        ),
        format!(
            "libro nuevo: tiendas {stores}, cambios {edits}, notas del diario {notes}; los clientes llegan con la próxima sincronización"
        ),
        format!(
            "a new book: stores {stores}, edits {edits}, journal notes {notes}; customers come with the next sync"
        ),
    ]
}

fn sentence(found: &ProblemDto, language: Language) -> String {
    let detail = |key: &str| found.details.get(key).map(String::as_str).unwrap_or_default();
    let words = match found.code {
        ProblemCode::Pages | ProblemCode::References => [
            "o arquivo do livro está danificado".to_owned(),
            "el archivo del libro está dañado".to_owned(),
            "the file of the book is damaged".to_owned(),
        ],
        ProblemCode::Index => [
            "um índice não corresponde à sua tabela".to_owned(),
            "un índice no coincide con su tabla".to_owned(),
            "an index does not match its table".to_owned(),
        ],
        ProblemCode::Search => [
            "a busca não encontra todos os clientes".to_owned(),
            "la búsqueda no encuentra a todos los clientes".to_owned(),
            "the search does not find every customer".to_owned(),
        ],
        ProblemCode::SecondCopy => [
            "a segunda cópia do que foi digitado não está em dia".to_owned(),
            "la segunda copia de lo que se escribió no está al día".to_owned(),
            "the second copy of what was typed is not up to date".to_owned(),
        ],
        ProblemCode::Credentials => [
            format!("o chaveiro não tem o token da loja {}; conecte-a de novo", detail("store")),
            format!("el llavero no tiene el token de la tienda {}; volvé a conectarla", detail("store")),
            format!("the keychain has no token for {}; sign in again", detail("store")),
        ],
        ProblemCode::Keychain => [
            "o chaveiro do sistema não responde; desbloqueie-o e verifique de novo".to_owned(),
            "el llavero del sistema no responde; desbloquealo y volvé a verificar".to_owned(),
            "the system's keychain does not answer; unlock it and check again".to_owned(),
        ],
        ProblemCode::Clock => [
            format!(
                "o relógio deste computador e o da loja {} diferem em {} segundos",
                detail("store"),
                detail("seconds")
            ),
            format!(
                "el reloj de esta computadora y el de la tienda {} difieren en {} segundos",
                detail("store"),
                detail("seconds")
            ),
            format!(
                "the clock of this computer and that of {} differ by {} seconds",
                detail("store"),
                detail("seconds")
            ),
        ],
    };
    language.choose(&words)
}
