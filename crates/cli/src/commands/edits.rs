//! `clientela changes` and `clientela conflicts`.

use clientela_app::App;
use clientela_app::command::{DecisionRequest, EditRef, Nothing};
use clientela_app::dto::edit::{ChangeDto, Decision, EditDto, EditState};
use clientela_app::edits;
use clientela_app::error::ApiResult;
use serde_json::json;

use crate::arguments::{ChangesCommand, ConflictsCommand, DecisionArgument};
use crate::exit::{self, Exit};
use crate::output::{Output, table};

pub(super) async fn changes(app: &App, command: Option<ChangesCommand>, output: Output) -> ApiResult<Exit> {
    match command {
        None | Some(ChangesCommand::List) => {}
        Some(ChangesCommand::Retry { id }) => drop(edits::retry(app, EditRef { edit: id }).await?),
        Some(ChangesCommand::Discard { id }) => drop(edits::discard(app, EditRef { edit: id }).await?),
    }
    print(edits::list(app, Nothing {}).await?, "changes", output);
    Ok(exit::DONE)
}

pub(super) async fn conflicts(
    app: &App,
    command: Option<ConflictsCommand>,
    output: Output,
) -> ApiResult<Exit> {
    if let Some(ConflictsCommand::Resolve { id, decision }) = command {
        let decision = match decision {
            DecisionArgument::Mine => Decision::Mine,
            DecisionArgument::Theirs => Decision::Theirs,
            DecisionArgument::Both => Decision::Both,
            DecisionArgument::Text { value } => Decision::Text { value },
        };
        edits::resolve(app, DecisionRequest { edit: id, decision, seen: None }).await?;
    }
    let mut waiting = edits::list(app, Nothing {}).await?;
    waiting.retain(|edit| edit.state == EditState::Conflict);
    print(waiting, "conflicts", output);
    Ok(exit::DONE)
}

fn print(edits: Vec<EditDto>, name: &str, output: Output) {
    let changes: Vec<ChangeDto> = edits.into_iter().map(change).collect();
    output.answer(&json!({ name: changes }), || {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let rows: Vec<Vec<String>> = changes
            .iter()
            .map(|change| {
                let state =
                    serde_json::to_value(change.state).ok().and_then(|s| s.as_str().map(str::to_owned));
                vec![
                    change.id.to_string(),
                    change.customer.to_string(),
                    change.field.clone(),
                    text(&change.base),
                    text(&change.mine),
                    text(&change.theirs),
                    state.unwrap_or_default(),
                    text(&change.reason),
                ]
            })
            .collect();
        table(&["id", "customer", "field", "base", "mine", "theirs", "state", "reason"], &rows)
    });
}

fn change(edit: EditDto) -> ChangeDto {
    ChangeDto {
        id: edit.id,
        customer: edit.customer,
        field: edit.field,
        base: edit.base,
        mine: edit.mine,
        theirs: edit.theirs,
        state: edit.state,
        reason: edit.reason,
    }
}
