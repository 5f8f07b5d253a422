//! Reading a list ahead of whoever writes it down: while one page is written, the next one is made ready and the one after it is on its
//! way. What was read ahead may be older than an answer that came meanwhile, and is thrown away then.

use clientela_connectors::{Fetched, ListRequest, Page, Urgency};
use clientela_domain::RemoteId;
use clientela_domain::protection::{Protection, stands};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_util::task::AbortOnDropHandle;

use crate::SyncStop;
use crate::page::{Newcomers, known_of, make};
use crate::report::is_about_one;
use crate::session::StoreSession;

/// Unreadable records of one page that are asked for one by one.
const MOST_LOOKED_AT_AGAIN: usize = 20;

/// A page, and what is to be written of those who are not known yet.
pub(crate) struct ReadPage {
    pub page: Page,
    pub newcomers: Newcomers,
}

/// Which list is read, and how urgently.
#[derive(Clone)]
pub(crate) struct List {
    pub request: ListRequest,
    pub urgency: Urgency,
}

/// The pages of a list one after the other. Dropped, nothing of it is asked for any more.
pub(crate) enum Pages {
    /// Asked for when they are wanted.
    OneByOne(List),
    /// On their way already.
    Ahead { pages: Receiver<Result<ReadPage, SyncStop>>, _tasks: [AbortOnDropHandle<()>; 2] },
}

impl Pages {
    /// From the position in the list's request on.
    pub(crate) fn of(session: &StoreSession, list: List) -> Self {
        if !session.reads_ahead {
            return Pages::OneByOne(list);
        }
        let (asked, to_prepare) = channel(1);
        let (prepared, pages) = channel(1);
        let asking = tokio::spawn(ask_for_all(session.clone(), list, asked));
        let preparing = tokio::spawn(prepare_all(session.clone(), to_prepare, prepared));
        Pages::Ahead { pages, _tasks: [AbortOnDropHandle::new(asking), AbortOnDropHandle::new(preparing)] }
    }

    /// The next page. Not to be asked for after the last one.
    pub(crate) async fn next(&mut self, session: &StoreSession) -> Result<ReadPage, SyncStop> {
        match self {
            Pages::OneByOne(list) => {
                let page = ask(session, list).await?;
                list.request.position.clone_from(&page.next);
                let known = known_of(session, &page.records).await?;
                let newcomers = make(&page.records, &known)?;
                Ok(ReadPage { page, newcomers })
            }
            // Nobody sends any more: the program is ending.
            Pages::Ahead { pages, .. } => pages.recv().await.unwrap_or(Err(SyncStop::Cancelled)),
        }
    }
}

async fn ask_for_all(session: StoreSession, mut list: List, pages: Sender<Result<Page, SyncStop>>) {
    loop {
        let page = ask(&session, &list).await;
        let next = page.as_ref().ok().and_then(|page| page.next.clone());
        let is_wanted = pages.send(page).await.is_ok();
        if next.is_none() || !is_wanted {
            return;
        }
        list.request.position = next;
    }
}

async fn prepare_all(
    session: StoreSession,
    mut pages: Receiver<Result<Page, SyncStop>>,
    prepared: Sender<Result<ReadPage, SyncStop>>,
) {
    while let Some(page) = pages.recv().await {
        let read = match page {
            Ok(page) => prepare(&session, page).await,
            Err(stop) => Err(stop),
        };
        if prepared.send(read).await.is_err() {
            return;
        }
    }
}

/// On a thread of its own: it takes longer than a person's question should wait.
async fn prepare(session: &StoreSession, page: Page) -> Result<ReadPage, SyncStop> {
    let known = known_of(session, &page.records).await?;
    let made = tokio::task::spawn_blocking(move || {
        let newcomers = make(&page.records, &known)?;
        Ok(ReadPage { page, newcomers })
    });
    // It does not end only where the program does.
    made.await.unwrap_or(Err(SyncStop::Cancelled))
}

async fn ask(session: &StoreSession, list: &List) -> Result<Page, SyncStop> {
    let mut page = session.ask(session.connector.list(&list.request, list.urgency)).await?;
    look_again(session, &mut page, list.urgency).await?;
    Ok(page)
}

/// Asks once more for records that could not be read, one by one: a list may have been spoilt on its way, and what it told of them
/// would not be told again before the next full pass. A store that shows nobody in a way that can be read is not asked.
async fn look_again(session: &StoreSession, page: &mut Page, urgency: Urgency) -> Result<(), SyncStop> {
    // Where everybody has a sign-in, a list is nothing but such questions.
    let asks_each = session.connector.capabilities().sign_in_per_customer;
    let is_hopeless = page.rejected.len() > MOST_LOOKED_AT_AGAIN;
    if asks_each || is_hopeless || !stands(Protection::LookAgain) {
        return Ok(());
    }
    for rejected in std::mem::take(&mut page.rejected) {
        let Some(remote) = rejected.remote_id.clone().map(RemoteId::new) else {
            page.rejected.push(rejected);
            continue;
        };
        match session.ask(session.connector.fetch(&remote, urgency)).await {
            Ok(Fetched::Found { record, .. }) => page.records.push(*record),
            // It was listed a moment ago: an old copy may have answered.
            Ok(Fetched::Missing { .. }) => page.rejected.push(rejected),
            Err(SyncStop::Store(error)) if is_about_one(&error) => page.rejected.push(rejected),
            Err(stop) => return Err(stop),
        }
    }
    Ok(())
}
