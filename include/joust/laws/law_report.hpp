// SPDX-License-Identifier: MIT
//
// What a law kit found: the laws that a model broke, each as a sentence with the values that broke it. It is
// true if no law was broken, so that it fits any test framework, and text() is what to print when it is
// false.
//
//   example auto report = joust::laws::preference_loss(my_loss{});
//           if (!report) std::puts(report.text().c_str());
#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace joust::laws {

/// A law that does not hold, with the first values that showed it.
struct broken_law {
  std::string law;        ///< the law, as a sentence
  std::string evidence;   ///< what happened instead
  std::size_t times = 1;  ///< how often it was seen broken

  friend bool operator==(broken_law const&, broken_law const&) = default;
};

/// The findings of a law kit. Converts to true if every law held.
class law_report {
 public:
  /// An empty report for a model of `concept_name`, which starts every line of the text.
  explicit law_report(std::string_view concept_name) : concept_name_{concept_name} {}

  /// Records a broken law. Only the first evidence for a law is kept; further ones are counted.
  void breaks(std::string_view law, std::string evidence) {
    for (broken_law& known : broken_) {
      if (known.law == law) {
        ++known.times;
        return;
      }
    }
    broken_.push_back({std::string{law}, std::move(evidence)});
  }

  /// Runs a part of a kit. An exception that leaves it breaks the law that valid arguments are accepted.
  template <class Examination>
  void examine(Examination&& examination) {
    try {
      std::forward<Examination>(examination)();
    } catch (std::exception const& error) {
      breaks("valid arguments are accepted", std::string{"threw \""} + error.what() + '"');
    } catch (...) { breaks("valid arguments are accepted", "threw something that is no std::exception"); }
  }

  /// Takes over the findings of another kit, which keep their concept's name.
  void include(law_report const& other) {
    for (broken_law const& finding : other.broken_) {
      broken_.push_back({other.concept_name_ + ", " + finding.law, finding.evidence, finding.times});
    }
  }

  /// The broken laws in the order in which they were found.
  [[nodiscard]] std::vector<broken_law> const& broken() const noexcept { return broken_; }

  [[nodiscard]] explicit operator bool() const noexcept { return broken_.empty(); }

  /// One line per broken law, or one line that says that all hold.
  [[nodiscard]] std::string text() const {
    if (broken_.empty()) return concept_name_ + ": every law holds";
    std::string lines;
    for (broken_law const& finding : broken_) {
      if (!lines.empty()) lines += '\n';
      lines += concept_name_ + ": " + finding.law + ": " + finding.evidence;
      if (finding.times > 1) lines += " (seen " + std::to_string(finding.times) + " times)";
    }
    return lines;
  }

 private:
  std::string concept_name_;
  std::vector<broken_law> broken_;
};

}  // namespace joust::laws
