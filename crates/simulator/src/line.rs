//! The way from a desk to a store: what a connector is to the engine. Everything that can happen to a request happens here, and
//! while one is on its way, somebody else may do something.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use clientela_connectors::{
    Connector, ConnectorError, Fetched, ListRequest, Page, RejectedRecord, StoreIdentity, Urgency, Written,
};
use clientela_domain::{Capabilities, CustomerRecord, Field, FieldValue, RemoteId};

use crate::bustle;
use crate::desk::Desk;
use crate::judge;
use crate::ledger;
use crate::party::Party;
use crate::scene::{DeletedAnswer, Order};
use crate::shop::Author;
use crate::weather::{self, Read, Write};
use crate::world::AtHand;

pub(crate) struct Line {
    pub(crate) party: Arc<Party>,
    pub(crate) desk: Arc<Desk>,
    pub(crate) shop: usize,
    /// Somebody looks at a customer while something else runs.
    pub(crate) is_beside: bool,
}

/// A value that a store never takes.
pub(crate) const REFUSED: &str = "§";

impl Line {
    /// A request begins.
    async fn begin(&self, what: &str) -> Result<(), ConnectorError> {
        let is_lost = {
            let mut world = self.party.world();
            world.count_call();
            let (desk, shop) = (self.desk.number, self.shop);
            world.say(|| format!("desk {desk} asks store {shop}: {what}"));
            let shown = world.ledger.shown(desk, shop);
            // Whoever asks for something else has taken the answer in.
            if !self.is_beside && shown.answering.is_some_and(|id| what != format!("fetch {id}")) {
                shown.answering = None;
            }
            if !self.is_beside && shown.turned_away {
                world.violate("I17 a dead sign-in", format!("desk {desk} asks on: {what}"));
            }
            let wait = Duration::from_millis(u64::from(world.tape.below(1_500)));
            world.now += wait;
            world.violation.is_some()
        };
        if is_lost {
            self.desk.cancel();
        }
        bustle::meanwhile(&self.party, &self.desk).await;
        Ok(())
    }

    /// An answer is on its way back.
    async fn end(&self) {
        {
            let mut world = self.party.world();
            let wait = Duration::from_millis(u64::from(world.tape.below(1_500)));
            world.now += wait;
        }
        bustle::meanwhile(&self.party, &self.desk).await;
    }

    /// What goes wrong with a question.
    async fn trouble(&self) -> Result<(), ConnectorError> {
        let read = weather::of_read(&mut self.party.world(), self.shop);
        if !matches!(read, Read::Fine) && !self.is_beside {
            self.party.world().ledger.shown(self.desk.number, self.shop).lose_answer();
        }
        match read {
            Read::Fine => Ok(()),
            Read::Fails(error) => {
                if matches!(error, ConnectorError::SignIn { .. })
                    && !self.is_beside
                    && !self.capabilities().sign_in_per_customer
                {
                    self.party.world().ledger.shown(self.desk.number, self.shop).turned_away = true;
                }
                Err(error)
            }
            Read::Death => {
                self.desk.die().await;
                Ok(())
            }
            Read::Cancelled => {
                self.desk.cancel();
                std::future::pending::<()>().await;
                Ok(())
            }
        }
    }

    fn page(&self, request: &ListRequest) -> Page {
        let mut world = self.party.world();
        let now = world.now;
        let lagging = world.shops[self.shop].manners.lags && world.tape.chance(40);
        let tangle = world.tape.below(1 << 16);
        let slip = world.tape.below(3);
        let spoilt = if world.is_calm { 0 } else { world.tape.below(60) };
        let shop = &world.shops[self.shop];
        let manners = &shop.manners;
        let clock = shop.clock(now);
        let is_elsewhere = shop.is_elsewhere(now);
        let all = shop.records.keys().filter_map(|id| Some((*id, shop.show_in_list(*id, now, lagging)?)));
        let mut all: Vec<(u64, CustomerRecord)> = all.filter(|_| !is_elsewhere).collect();
        if let Some(segment) = &request.segment {
            all.retain(|(_, record)| record.segment.value().is_some_and(|own| own == segment));
        }
        if let Some(since) = request.updated_since {
            all.retain(|(_, record)| {
                record.updated_at.value().is_none_or(|at| *at > since || (manners.inclusive && *at == since))
            });
        }
        match manners.order {
            Order::ById => {}
            Order::NewestFirst => {
                all.sort_by_key(|(_, record)| std::cmp::Reverse(record.updated_at.value().copied()))
            }
            Order::Unstable => all.sort_by_key(|(id, _)| (id.wrapping_mul(u64::from(tangle) | 1)) % 251),
        }
        let total = shop.total(all.len(), slip);
        let size = manners.page as usize;
        let (from, is_by_id) = match request.position.as_deref().and_then(|place| place.split_once(':')) {
            Some(("id", id)) => {
                let id: u64 = id.parse().unwrap_or_default();
                (all.iter().position(|(other, _)| *other > id).unwrap_or(all.len()), true)
            }
            Some((_, page)) => (page.parse::<usize>().unwrap_or_default() * size, false),
            None => (0, manners.able.change_feed == clientela_domain::capability::ChangeFeed::UpdatedSince),
        };
        let back = usize::from(manners.repeats && from > 0);
        let shown: Vec<(u64, CustomerRecord)> =
            all.iter().skip(from.saturating_sub(back)).take(size + back).cloned().collect();
        let next = (from + size < all.len()).then(|| match (is_by_id, shown.last()) {
            (true, Some((id, _))) => format!("id:{id}"),
            _ => format!("page:{}", from / size + 1),
        });
        let mut page =
            Page { next, total, server_time: manners.tells_time.then_some(clock), ..Page::default() };
        page.records = shown.into_iter().map(|(_, record)| record).collect();
        if spoilt == 59
            && let Some(record) = page.records.pop()
        {
            world.fault("an unreadable record");
            world.ledger.shown(self.desk.number, self.shop).spoils(number(&record.remote_id));
            page.rejected.push(RejectedRecord {
                remote_id: Some(record.remote_id.to_string()),
                reason: "spoilt".to_owned(),
            });
        }
        let shown = world.ledger.shown(self.desk.number, self.shop);
        for record in &page.records {
            shown.sees(number(&record.remote_id), record);
        }
        if request.position.is_none() && request.segment.is_none() {
            shown.first_pages.push(clock);
            shown.list_began = now;
        }
        if page.next.is_none() && request.segment.is_none() {
            shown.read_to_the_end = shown.first_pages.iter().max().copied();
        }
        world.say(|| {
            let ids: Vec<&str> = page.records.iter().map(|record| record.remote_id.as_str()).collect();
            format!("  {ids:?}, then {:?} of {:?}", page.next, page.total)
        });
        page
    }

    fn shown(&self, remote: &RemoteId) -> Result<Fetched, ConnectorError> {
        let mut world = self.party.world();
        let now = world.now;
        let id = number(remote);
        let lagging = world.shops[self.shop].manners.lags && world.tape.chance(40);
        let shop = &world.shops[self.shop];
        let clock = shop.clock(now);
        let server_time = shop.manners.tells_time.then_some(clock);
        let Some(record) = shop.show(id, now, lagging).filter(|_| !shop.is_elsewhere(now)) else {
            let forbidden = shop.manners.deleted == DeletedAnswer::Forbidden;
            world.say(|| "  not there".to_owned());
            world.ledger.shown(self.desk.number, self.shop).lose_answer();
            return match forbidden {
                true => Err(ConnectorError::Forbidden { message: "no".to_owned() }),
                false => Ok(Fetched::Missing { server_time }),
            };
        };
        let marks = shop
            .records
            .get(&id)
            .map(|kept| kept.marks.iter().map(|(field, mark)| (field.clone(), mark.number)).collect());
        let fetched = ledger::Fetched {
            record: record.clone(),
            marks: marks.unwrap_or_default(),
            lagging: lagging && shop.records.get(&id).is_some_and(|kept| !kept.has_settled(now)),
            dated: record.updated_at.value().copied().or(server_time),
        };
        let book = world.ledger.shown(self.desk.number, self.shop);
        let is_old = fetched.lagging;
        book.fetched.insert(id, fetched);
        book.unknown.remove(&id);
        book.sees(id, &record);
        if record.masked || is_old {
            book.lose_answer();
        }
        world.say(|| format!("  {}", words_of(&record)));
        Ok(Fetched::Found { record: Box::new(record), server_time })
    }

    /// A write reaches the store.
    fn arrives(
        &self,
        fresh: &CustomerRecord,
        changes: &[(Field, FieldValue)],
    ) -> Result<Written, ConnectorError> {
        let mut world = self.party.world();
        let id = number(&fresh.remote_id);
        let desk = self.desk.number;
        if let Some((field, _)) = changes.iter().find(|(_, value)| is_refused(value)) {
            let field = field.to_string();
            let fields = vec![clientela_connectors::FieldRefusal { field, message: "no".to_owned() }];
            return Err(ConnectorError::Refused { status: 422, message: "no".to_owned(), fields });
        }
        let now = world.now;
        if world.shops[self.shop].truth(id).is_none() || world.shops[self.shop].is_elsewhere(now) {
            return Ok(Written::Missing);
        }
        judge::write(&mut world, desk, self.shop, id, changes);
        let lag = Duration::from_millis(u64::from(world.tape.below(60_000)));
        let shop = &mut world.shops[self.shop];
        let mut all: Vec<(Field, FieldValue)> = Vec::new();
        if shop.manners.replaces {
            let together =
                shop.writable().into_iter().filter(|field| *field != Field::Role && !shop.is_hidden(field));
            all.extend(together.filter_map(|field| {
                let value = fresh.field(&field);
                (!value.is_absent()).then(|| (field, value.into_value().unwrap_or(FieldValue::Null)))
            }));
        }
        all.extend(changes.iter().cloned());
        shop.change(id, &all, Author::Desk(desk), now, lag);
        if let Some((field, _)) = changes.first() {
            let field = shop.names_of(field).last().map_or(field, |name| *name).clone();
            world.at_hand = Some(AtHand { shop: self.shop, id, field });
        }
        world.ledger.shown(desk, self.shop).answering = Some(id);
        let shop = &world.shops[self.shop];
        let answer = shop.answer_to_write(id, changes);
        let server_time = shop.manners.tells_time.then(|| shop.clock(now));
        Ok(match answer {
            Some(record) => Written::Shown { record: Box::new(record), server_time },
            None => Written::Accepted,
        })
    }

    /// A write reaches the store, and what it answered is lost.
    fn arrives_unanswered(&self, fresh: &CustomerRecord, changes: &[(Field, FieldValue)]) {
        drop(self.arrives(fresh, changes));
        self.party.world().ledger.shown(self.desk.number, self.shop).lose_answer();
    }
}

#[async_trait]
impl Connector for Line {
    fn capabilities(&self) -> &'static Capabilities {
        self.party.world().shops[self.shop].manners.able
    }

    async fn identify(&self) -> Result<StoreIdentity, ConnectorError> {
        Err(ConnectorError::Unsupported)
    }

    async fn list(&self, request: &ListRequest, _urgency: Urgency) -> Result<Page, ConnectorError> {
        self.begin(&format!("list {:?} since {:?}", request.position, request.updated_since)).await?;
        self.trouble().await?;
        let page = self.page(request);
        self.end().await;
        Ok(page)
    }

    async fn fetch(&self, id: &RemoteId, _urgency: Urgency) -> Result<Fetched, ConnectorError> {
        self.begin(&format!("fetch {id}")).await?;
        let asked = match self.trouble().await {
            Ok(()) => self.shown(id),
            Err(error) => Err(error),
        };
        if !matches!(asked, Ok(Fetched::Found { .. })) {
            let mut world = self.party.world();
            world.ledger.shown(self.desk.number, self.shop).turned_down.insert(number(id));
        }
        let fetched = asked?;
        self.end().await;
        Ok(fetched)
    }

    async fn update(
        &self,
        fresh: &CustomerRecord,
        changes: &[(Field, FieldValue)],
    ) -> Result<Written, ConnectorError> {
        let id = number(&fresh.remote_id);
        judge::before_write(&mut self.party.world(), self.desk.number, self.shop, fresh, changes);
        self.party.world().ledger.shown(self.desk.number, self.shop).unknown.insert(id);
        self.begin(&format!("write {id} {}", words_of_changes(changes))).await?;
        let write = weather::of_write(&mut self.party.world(), self.shop);
        let outcome = match write {
            Write::Fine => self.arrives(fresh, changes),
            Write::NeverArrives(error) => Err(error),
            Write::ArrivesAndFails(error) => {
                self.arrives_unanswered(fresh, changes);
                Err(error)
            }
            Write::DeathBefore => {
                self.desk.die().await;
                self.arrives(fresh, changes)
            }
            Write::DeathAfter => {
                self.arrives_unanswered(fresh, changes);
                self.desk.die().await;
                Ok(Written::Accepted)
            }
            Write::CancelledAfter => {
                self.arrives_unanswered(fresh, changes);
                self.desk.cancel();
                std::future::pending::<()>().await;
                Ok(Written::Accepted)
            }
        };
        {
            let mut world = self.party.world();
            let one_each = world.shops[self.shop].manners.able.sign_in_per_customer;
            let is_sign_in = !one_each && matches!(outcome, Err(ConnectorError::SignIn { .. }));
            let shown = world.ledger.shown(self.desk.number, self.shop);
            shown.in_flight = None;
            shown.turned_away |= is_sign_in;
            let is_unknown = matches!(
                outcome,
                Err(ConnectorError::OutcomeUnknown { .. } | ConnectorError::ServerFault { .. })
            );
            if !is_unknown {
                shown.unknown.remove(&id);
            }
        }
        self.end().await;
        outcome
    }

    fn requests(&self) -> u64 {
        self.party.world().calls
    }
}

pub(crate) fn number(remote: &RemoteId) -> u64 {
    remote.as_str().parse().unwrap_or_default()
}

fn is_refused(value: &FieldValue) -> bool {
    value.as_text().is_some_and(|text| text.contains(REFUSED))
}

pub(crate) fn words_of_changes(changes: &[(Field, FieldValue)]) -> String {
    let one = |(field, value): &(Field, FieldValue)| format!("{field}={:?}", value.display());
    changes.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn words_of(record: &CustomerRecord) -> String {
    let mut words = Vec::new();
    for field in Field::PLAIN {
        if let Some(value) = record.field(field).into_value() {
            words.push(format!("{field}={:?}", value.display().unwrap_or_default()));
        }
    }
    for address in record.addresses.value().into_iter().flatten() {
        words.push(format!("address.{}={:?}", address.key, address.one_line()));
    }
    if record.masked {
        words.push("masked".to_owned());
    }
    words.join(" ")
}
