//! The rules in force and the dice they are decided with.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fault::Fault;

/// Which requests a fault hits.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Matching {
    #[serde(default)]
    pub(crate) method: Option<String>,
    #[serde(default)]
    pub(crate) path_contains: Option<String>,
    /// The first matching request to be hit, counted from 1.
    #[serde(default)]
    pub(crate) nth: Option<u64>,
    /// How many are hit; without it one if `nth` is given, else all.
    #[serde(default)]
    pub(crate) count: Option<u64>,
    #[serde(default)]
    pub(crate) probability: Option<f64>,
}

/// A fault with the requests it is meant for.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Rule {
    pub(crate) platform: Option<String>,
    #[serde(rename = "match")]
    pub(crate) matching: Matching,
    pub(crate) fault: Fault,
    /// Matching requests seen so far.
    pub(crate) seen: u64,
    /// Requests hit so far.
    pub(crate) hit: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleBody {
    #[serde(default)]
    platform: Option<String>,
    #[serde(rename = "match", default)]
    matching: Matching,
    fault: Map<String, Value>,
}

impl Rule {
    pub(crate) fn new(matching: Matching, fault: Fault) -> Rule {
        Rule { platform: None, matching, fault, seen: 0, hit: 0 }
    }

    /// Reads a rule as the control API takes it, the kind standing among the fault's own fields.
    pub(crate) fn parse(value: Value) -> Result<Rule, String> {
        let RuleBody { platform, matching, mut fault } =
            serde_json::from_value(value).map_err(|error| error.to_string())?;
        let Some(Value::String(kind)) = fault.shift_remove("kind") else {
            return Err("fault.kind is missing".to_owned());
        };
        // serde's internally tagged enums cannot read numbers of arbitrary precision; outer tags can.
        let tagged = Value::Object(Map::from_iter([(kind, Value::Object(fault))]));
        let fault = serde_json::from_value(tagged).map_err(|error| error.to_string())?;
        Ok(Rule { platform, ..Rule::new(matching, fault) })
    }

    fn applies_to(&self, platform: &str, method: &str, path: &str) -> bool {
        let matching = &self.matching;
        self.platform.as_deref().is_none_or(|wanted| wanted == platform)
            && matching.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && matching.path_contains.as_deref().is_none_or(|wanted| path.contains(wanted))
    }

    fn strikes(&mut self, dice: &mut ChaCha8Rng) -> bool {
        self.seen += 1;
        let count = self.matching.count.unwrap_or(if self.matching.nth.is_some() { 1 } else { u64::MAX });
        let due = self.seen >= self.matching.nth.unwrap_or(1) && self.hit < count;
        let strikes =
            due && self.matching.probability.is_none_or(|odds| dice.random_bool(odds.clamp(0.0, 1.0)));
        self.hit += u64::from(strikes);
        strikes
    }
}

pub(crate) struct FaultBook {
    rules: Vec<Rule>,
    dice: ChaCha8Rng,
}

impl FaultBook {
    pub(crate) fn new(seed: u64, rules: Vec<Rule>) -> FaultBook {
        FaultBook { rules, dice: ChaCha8Rng::seed_from_u64(seed) }
    }

    pub(crate) fn add(&mut self, rule: Rule) {
        self.rules.push(rule);
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Every fault that hits this request, in the order of the rules.
    pub(crate) fn strike(&mut self, platform: &str, method: &str, path: &str) -> Vec<Fault> {
        let dice = &mut self.dice;
        self.rules
            .iter_mut()
            .filter(|rule| rule.applies_to(platform, method, path))
            .filter_map(|rule| rule.strikes(dice).then(|| rule.fault.clone()))
            .collect()
    }

    /// Whether a new connection is to be reset; rules about requests cannot know yet and stay out.
    pub(crate) fn refuses_connection(&mut self, platform: &str) -> bool {
        let dice = &mut self.dice;
        self.rules
            .iter_mut()
            .filter(|rule| matches!(rule.fault, Fault::Refuse {}))
            .filter(|rule| rule.matching.method.is_none() && rule.matching.path_contains.is_none())
            .filter(|rule| rule.applies_to(platform, "", ""))
            .any(|rule| rule.strikes(dice))
    }
}

pub(crate) fn at_odds(probability: f64) -> Matching {
    Matching { probability: Some(probability), ..Matching::default() }
}
