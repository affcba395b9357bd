// SPDX-License-Identifier: MIT
#include <joust/policy/shared_logits.hpp>

#include <type_traits>

#include <catch2/catch.hpp>

TEST_CASE("a prompt's logits lie together", "[shared_logits]") {
  Eigen::MatrixXd logits(3, 2);
  logits << 0, 3, 1, 4, 2, 5;
  joust::shared_logits const shared = std::make_shared<Eigen::MatrixXd const>(logits);
  for (int i = 0; i < 6; ++i) CHECK(shared->data()[i] == i);
  static_assert(std::is_const_v<joust::shared_logits::element_type>);
}
