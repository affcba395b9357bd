// SPDX-License-Identifier: MIT
//
// Preference learning over policies in one line: policies, losses, aligners, and worlds to try them in. It
// stands beside joust.hpp, which has the posteriors and rules, because networks and token policies take a
// compiler seconds that a program about arms need not spend.
#pragma once

#include <joust/alignment/aligner.hpp>
#include <joust/alignment/aligner_options.hpp>
#include <joust/alignment/alignment_agents.hpp>
#include <joust/alignment/exact_aligner.hpp>
#include <joust/alignment/featured.hpp>
#include <joust/alignment/implicit_reward.hpp>
#include <joust/alignment/known_reward.hpp>
#include <joust/alignment/no_reward_model.hpp>
#include <joust/alignment/question.hpp>
#include <joust/alignment/response_world.hpp>
#include <joust/alignment/reward_model.hpp>
#include <joust/alignment/token_features.hpp>
#include <joust/alignment/token_world.hpp>
#include <joust/loss/any_loss.hpp>
#include <joust/loss/aot.hpp>
#include <joust/loss/apo.hpp>
#include <joust/loss/bco.hpp>
#include <joust/loss/clipped.hpp>
#include <joust/loss/conservative_dpo.hpp>
#include <joust/loss/discopop.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/loss/dpo_positive.hpp>
#include <joust/loss/evaluate.hpp>
#include <joust/loss/exo.hpp>
#include <joust/loss/f_divergence.hpp>
#include <joust/loss/ipo.hpp>
#include <joust/loss/length_regularised_dpo.hpp>
#include <joust/loss/log_likelihood.hpp>
#include <joust/loss/nash_md.hpp>
#include <joust/loss/nca.hpp>
#include <joust/loss/optimism_term.hpp>
#include <joust/loss/robust_dpo.hpp>
#include <joust/loss/simpo.hpp>
#include <joust/loss/slic.hpp>
#include <joust/loss/smoothed.hpp>
#include <joust/loss/sppo.hpp>
#include <joust/loss/with_divergence.hpp>
#include <joust/loss/with_supervised_term.hpp>
#include <joust/policy/feature_table.hpp>
#include <joust/policy/log_linear.hpp>
#include <joust/policy/mlp_softmax.hpp>
#include <joust/policy/shared_logits.hpp>
#include <joust/policy/shared_softmax.hpp>
#include <joust/policy/tabular_softmax.hpp>
#include <joust/policy/token_policy.hpp>
#include <joust/policy/tokens.hpp>
#include <joust/proposer/all_arms.hpp>
#include <joust/proposer/policy_and_mixture.hpp>
#include <joust/proposer/policy_and_reference.hpp>
#include <joust/proposer/policy_samples.hpp>
#include <joust/version.hpp>
