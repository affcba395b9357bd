// SPDX-License-Identifier: MIT
#include <joust/core/error.hpp>
#include <joust/core/optimiser.hpp>
#include <joust/core/schedule.hpp>
#include <joust/experiment/json_fields.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

using Catch::Matchers::Contains;
using Catch::Matchers::Equals;
using Catch::Matchers::Message;
using joust::from_json;
using joust::json;
using joust::json_of;
using joust::parse_json;
using joust::schedule;

namespace {

enum class colour : unsigned char { red, green };
constexpr std::array<std::string_view, 2> names_of(colour) noexcept { return {"red", "green"}; }

struct mixture_options {
  schedule gamma = 1.0;
  bool sampled = true;

  void check() const {
    gamma.check("gamma");
    if (gamma.lowest() < 0.0 || gamma.highest() > 1.0) {
      joust::detail::reject("gamma", joust::detail::text(gamma.highest()), "never outside [0, 1]");
    }
  }
  friend bool operator==(mixture_options const&, mixture_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("gamma", self.gamma, "share of asked pairs");
    visit("sampled", self.sampled, "a coin per prompt");
  }
};

struct everything {
  std::string name = "plain";
  double beta = 0.1;
  float rate = 0.1F;
  std::uint64_t seed = 7;
  std::int16_t shift = -3;
  unsigned char depth = 2;
  colour paint = colour::green;
  mixture_options mixture;
  std::vector<std::size_t> widths{32, 32};
  std::vector<mixture_options> more;

  friend bool operator==(everything const&, everything const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("name", self.name, "of the run");
    visit("beta", self.beta, "strength");
    visit("rate", self.rate, "step");
    visit("seed", self.seed, "of all randomness");
    visit("shift", self.shift, "left or right");
    visit("depth", self.depth, "layers");
    visit("paint", self.paint, "colour");
    visit("mixture", self.mixture, "of labels");
    visit.list("widths", self.widths, "of the layers");
    visit.list("more", self.more, "mixtures");
  }
};

// What is said of a text that does not fit.
std::string complaint(std::string const& text) {
  everything options;
  try {
    from_json(parse_json(text, "c.json"), options, "c.json");
  } catch (joust::file_error const& fault) {
    CHECK(options == everything{});
    CHECK(fault.file() == "c.json");
    return fault.what();
  }
  return "nothing";
}

everything taken(std::string const& text) {
  everything options;
  from_json(parse_json(text, "c.json"), options, "c.json");
  return options;
}

}  // namespace

TEST_CASE("options are written with every field, in order, numbers as short as they can be") {
  CHECK(json_of(everything{}).dump() ==
        R"({"name":"plain","beta":0.1,"rate":0.1,"seed":7,"shift":-3,"depth":2,"paint":"green",)"
        R"("mixture":{"gamma":1.0,"sampled":true},"widths":[32,32],"more":[]})");
}

TEST_CASE("what is written reads back as the same value and the same bytes") {
  everything options;
  options.name = "a \"name\"\nwith \xC3\xA9";
  options.beta = 0.1 + 0.2;
  options.rate = 1.0F / 3.0F;
  options.seed = std::numeric_limits<std::uint64_t>::max();
  options.shift = -32768;
  options.depth = 255;
  options.paint = colour::red;
  options.widths = {};
  options.mixture.sampled = false;
  auto const shape = GENERATE(0, 1, 2, 3, 4);
  std::vector<schedule> const shapes{0.25, schedule::step(1.0, 1000, 0.7), schedule::linear(1.0, 0.1, 50),
                                     schedule::cosine(1.0, 0.1, 100, 3), schedule::cosine(1.0, 0.1, 100)};
  options.mixture.gamma = shapes[static_cast<std::size_t>(shape)];
  options.more = {options.mixture, mixture_options{}};
  std::string const written = json_of(options).dump(2);
  everything const read = taken(written);
  CHECK(read == options);
  CHECK(json_of(read).dump(2) == written);
}

TEST_CASE("numbers without an end are texts") {
  everything options;
  options.beta = -std::numeric_limits<double>::infinity();
  CHECK(json_of(options)["beta"] == "-infinity");
  CHECK(taken(json_of(options).dump()) == options);
  CHECK(std::isinf(taken(R"({"rate": "infinity"})").rate));
}

TEST_CASE("fields that are not named stay as they are") {
  everything options;
  options.beta = 5.0;
  options.mixture.sampled = false;
  from_json(parse_json(R"({"mixture": {"gamma": 0.5}})", "c.json"), options, "c.json");
  CHECK(options.beta == 5.0);
  CHECK_FALSE(options.mixture.sampled);
  CHECK(options.mixture.gamma == schedule{0.5});
  CHECK(taken("{}") == everything{});
}

TEST_CASE("a schedule is a number or an object") {
  auto const gamma = [](std::string const& text) {
    return taken(R"({"mixture": {"gamma": )" + text + "}}").mixture.gamma;
  };
  CHECK(gamma("0.5") == schedule{0.5});
  CHECK(gamma("1") == schedule{1.0});
  CHECK(gamma(R"({"shape": "cosine", "first": 1, "last": 0.5, "length": 100, "warm_up": 10})") ==
        schedule::cosine(1.0, 0.5, 100, 10));
  CHECK(gamma(R"({"shape": "linear", "first": 1, "last": 0.5, "length": 10})") ==
        schedule::linear(1.0, 0.5, 10));
  CHECK(gamma(R"({"length": 1000, "last": 0.7, "first": 1.0, "shape": "step"})") ==
        schedule::step(1.0, 1000, 0.7));
  CHECK(gamma(R"({"shape": "constant", "first": 0.5})") == schedule{0.5});
}

TEST_CASE("what does not fit is refused with file, path, value and expectation") {
  CHECK(complaint(R"({"beta": "high"})") == R"(c.json: beta: is "high"; expected a number)");
  CHECK(complaint(R"({"name": 3})") == "c.json: name: is 3; expected a text");
  CHECK(complaint(R"({"seed": -1})") ==
        "c.json: seed: is -1; expected a whole number from 0 to 18446744073709551615");
  CHECK(complaint(R"({"seed": 1.5})") ==
        "c.json: seed: is 1.5; expected a whole number from 0 to 18446744073709551615");
  CHECK(complaint(R"({"depth": 256})") == "c.json: depth: is 256; expected a whole number from 0 to 255");
  CHECK(complaint(R"({"shift": 32768})") ==
        "c.json: shift: is 32768; expected a whole number from -32768 to 32767");
  CHECK(complaint(R"({"seed": true})") ==
        "c.json: seed: is true; expected a whole number from 0 to 18446744073709551615");
  CHECK(complaint(R"({"paint": "blue"})") == R"(c.json: paint: is "blue"; expected one of red, green)");
  CHECK(complaint(R"({"paint": 1})") == "c.json: paint: is 1; expected one of red, green");
  CHECK(complaint(R"({"mixture": 0.7})") == "c.json: mixture: is 0.7; expected an object {...}");
  CHECK(complaint(R"({"mixture": {"sampled": 1}})") ==
        "c.json: mixture.sampled: is 1; expected true or false");
  CHECK(complaint(R"({"widths": 32})") == "c.json: widths: is 32; expected a list [...]");
  CHECK(complaint(R"({"widths": [32, "x"]})") ==
        "c.json: widths[1]: is \"x\"; expected a whole number from 0 to 18446744073709551615");
  CHECK(complaint(R"({"name": null})") == "c.json: name: is null; expected a text");
  CHECK(complaint("[1]") == "c.json: is [1]; expected an object {...}");
  CHECK(complaint(R"({"beta": [)" + std::string(200, '0') + "]}").substr(0, 15) == "c.json:1:12: is");
}

TEST_CASE("what the options themselves refuse is told with the path") {
  CHECK(complaint(R"({"mixture": {"gamma": 1.7}})") ==
        "c.json: mixture.gamma: is 1.7; expected never outside [0, 1]");
  CHECK(complaint(R"({"more": [{}, {"gamma": 2}]})") ==
        "c.json: more[1].gamma: is 2; expected never outside [0, 1]");
  CHECK(complaint(R"({"mixture": {"gamma": {"shape": "linear", "first": 1}}})") ==
        "c.json: mixture.gamma.length: is 0; expected at least 1");
  CHECK(complaint(R"({"mixture": {"gamma": {"shape": "bent", "first": 1}}})") ==
        "c.json: mixture.gamma.shape: is \"bent\"; expected one of constant, step, linear, cosine");
  CHECK(complaint(R"({"mixture": {"gamma": {"shape": "step"}}})") ==
        "c.json: mixture.gamma: has no key 'first', as a schedule has");
  CHECK(complaint(R"({"mixture": {"gamma": {"first": 1, "shape": "step", "lenght": 4}}})") ==
        "c.json: mixture.gamma.lenght: is no known key; expected one of shape, first, last, warm_up, length");
  CHECK_THAT(complaint(R"({"mixture": {"gamma": "often"}})"), Contains("mixture.gamma: is \"often\""));

  joust::optimiser_options rates;
  CHECK_THROWS_MATCHES(from_json(parse_json(R"({"beta1": 1})", "o"), rates, "o"), joust::file_error,
                       Message("o: beta1: is 1; expected a number in [0, 1)"));
}

TEST_CASE("unknown keys and keys that stand twice are refused") {
  CHECK(complaint(R"({"mixture": {"gama": 0.5}})") ==
        "c.json: mixture.gama: is no known key; expected one of gamma, sampled");
  CHECK(complaint(R"({"beta": 1, "beta": 1})") == "c.json: beta: stands twice");
  CHECK(complaint(R"({"more": [{}, [1, 2], {"a": {"gamma": 1, "sampled": true, "gamma": 1}}]})") ==
        "c.json: more[2].a.gamma: stands twice");
  CHECK(taken(R"({"mixture": {"gamma": 1}, "more": [{"gamma": 1}, {"gamma": 0.5}]})").more.size() == 2);
}

TEST_CASE("what is no JSON is refused with its place") {
  CHECK(complaint("{\n  \"beta\": 0.1,\n  \"rate\" 1\n}") == "c.json:3:10: is no JSON from here on");
  CHECK_THAT(complaint(""), Contains("c.json: ends early"));
  CHECK_THAT(complaint("{\"beta\": 1"), Contains("c.json: ends early"));
  CHECK_THAT(complaint("{} {}"), Contains("c.json:1:4: is no JSON"));
  CHECK_THAT(complaint("{\"beta\": 1e999}"), Contains("c.json"));
  CHECK_THAT(complaint("{\"name\": \"\xFF\"}"), Contains("c.json:1:"));
  CHECK_THAT(complaint("{\"name\": NaN}"), Contains("c.json:1:"));
  CHECK(complaint("{\"beta\": " + std::string(100'000, '[')) == "c.json: is nested deeper than 64 levels");
}

TEST_CASE("every prefix of a good text is refused, whatever byte is damaged nothing but file_error comes") {
  std::string const good = json_of(everything{}).dump();
  for (std::size_t length = 0; length < good.size(); ++length) {
    REQUIRE(complaint(good.substr(0, length)) != "nothing");
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (char const letter : {'"', '{', '}', '[', ',', ':', '9', '-', 'e', '\0', '\xFF'}) {
      std::string bad = good;
      bad[at] = letter;
      static_cast<void>(complaint(bad) == "nothing" ? (static_cast<void>(taken(bad)), 0) : 1);
    }
  }
}

TEST_CASE("a whole number may be written with an exponent") {
  CHECK(taken(R"({"seed": 1e4})").seed == 10'000);
  CHECK(taken(R"({"shift": -2.0})").shift == -2);
  CHECK_THAT(complaint(R"({"seed": 1e300})"), Contains("whole number"));
  CHECK_THAT(complaint(R"({"seed": 1e17})"), Contains("whole number"));
  CHECK_THAT(complaint(R"({"seed": 18446744073709551616})"), Contains("whole number"));
}

TEST_CASE("fields are listed for a manual") {
  auto const rows = joust::fields_of(everything{});
  REQUIRE(rows.size() == 11);
  CHECK(rows[1].path == "beta");
  CHECK(rows[1].kind == "a number");
  CHECK(rows[1].standard == "0.1");
  CHECK(rows[1].meaning == "strength");
  CHECK(rows[6].kind == "one of red, green");
  CHECK(rows[7].path == "mixture.gamma");
  CHECK(rows[7].kind == "a number, or a schedule");
  CHECK(rows[7].standard == "1.0");
  CHECK(rows[9].kind == "a list, each element a whole number, at least 0");
}

TEST_CASE("files are read by name") {
  auto const path =
      std::filesystem::temp_directory_path() / ("joust-json-" + std::to_string(::getpid()) + ".json");
  CHECK_THROWS_MATCHES(joust::read_json_file(path), joust::file_error,
                       Message(path.string() + ": no such file"));
  std::ofstream{path} << R"({"beta": 2})";
  CHECK(joust::read_json_file(path)["beta"] == 2);
  std::filesystem::remove(path);
}
