//! `haversack session force-layer`: the layer that the next export of `gradient` uses at the least.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{Failure, arguments::Which, context::Opened, output::Output},
    pack::strategy::gradient::DEEPEST,
};

/// Force a layer of the strategy gradient, once: for the next export only
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack session force-layer 2 --session-id claude:4d5611e5
  haversack session context --session-id claude:4d5611e5 --strategy gradient
  haversack session force-layer 0 --session-id claude:4d5611e5    take it back

For a model that has answered 'prompt is too long'. It is kept until a pack is exported (session context, copied, written),
also over a restart; looking at the pack does not use it up. JSON: {session_id, layer}.")]
pub struct ForceLayer {
    /// 1 to 4, the deepest; 0 takes it back
    #[arg(value_name = "LAYER", value_parser = clap::value_parser!(u8).range(0..=i64::from(DEEPEST)))]
    layer: u8,
    #[command(flatten)]
    which: Which,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    session_id: &'a str,
    layer: u8,
}

impl ForceLayer {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut opened = Opened::new(store, self.which.choice(), Vec::new())?;
        opened.workspace.force_layer(&opened.id, self.layer)?;
        let mut output = Output::new();
        match (self.json, self.layer) {
            (true, layer) => output.json(&Answer { session_id: opened.id.as_str(), layer })?,
            (false, 0) => output.line("no layer is forced")?,
            (false, layer) => output.line(&format!("the next export of gradient uses layer {layer} or deeper"))?,
        }
        output.finish()
    }
}
