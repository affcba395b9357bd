// SPDX-License-Identifier: MIT
//
// Where policies over finite response sets start: the logits of every response to every prompt, which all
// copies and references of a policy look at together and none of them changes.
//
//   needs   Eigen
//   cost    prompts x responses numbers of 8 bytes, once
#pragma once

#include <memory>

#include <Eigen/Core>

namespace joust {

/// Initial logits of finitely many responses to finitely many prompts: one column per prompt, one row per
/// response, so that the logits of a prompt lie together. Make one with
/// `std::make_shared<Eigen::MatrixXd const>(matrix)`.
using shared_logits = std::shared_ptr<Eigen::MatrixXd const>;

}  // namespace joust
