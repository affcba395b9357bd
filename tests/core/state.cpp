// SPDX-License-Identifier: MIT
#include <joust/core/state.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>

namespace {

using joust::state_reader;
using joust::state_writer;

enum class colour : unsigned char { red, green, deep_blue };
[[maybe_unused]] constexpr std::array<std::string_view, 3> names_of(colour) {
  return {"red", "green", "deep-blue"};
}

struct inner {
  double weight = 0.0;
  std::vector<std::uint32_t> counts;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("weight", self.weight);
    visit.list("counts", self.counts);
  }
  bool operator==(inner const&) const = default;
};

struct outer {
  inner left;
  inner right;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("left", self.left, "the one side");
    visit("right", self.right, "the other");
  }
  bool operator==(outer const&) const = default;
};

// A field of every kind.
struct everything {
  bool flag = false;
  unsigned char byte = 0;
  signed char tiny = 0;
  int whole = 0;
  std::int64_t wide = 0;
  std::uint64_t large = 0;
  std::size_t size = 0;
  float single = 0.0F;
  double real = 0.0;
  joust::pairing pair;
  colour shade = colour::red;
  outer nested;
  std::vector<double> table;  // of 3
  std::vector<unsigned char> bytes;
  std::vector<joust::pairing> pairs;
  std::vector<double> none;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("flag", self.flag, "a bool");
    visit("byte", self.byte);
    visit("tiny", self.tiny);
    visit("whole", self.whole);
    visit("wide", self.wide);
    visit("large", self.large);
    visit("size", self.size);
    visit("single", self.single);
    visit("real", self.real);
    visit("pair", self.pair);
    visit("shade", self.shade);
    visit("nested", self.nested);
    visit("table", self.table);
    visit.list("bytes", self.bytes);
    visit.list("pairs", self.pairs);
    visit.list("none", self.none);
  }
  bool operator==(everything const&) const = default;
};

everything example() {
  everything e;
  e.flag = true;
  e.byte = 255;
  e.tiny = -128;
  e.whole = -7;
  e.wide = std::numeric_limits<std::int64_t>::min();
  e.large = std::numeric_limits<std::uint64_t>::max();
  e.size = 12;
  e.single = 0.1F;
  e.real = -1.0 / 3.0;
  e.pair = {4, 9};
  e.shade = colour::deep_blue;
  e.nested = {{0.25, {1, 2, 3}}, {-0.5, {}}};
  e.table = {0.1, 1e300, 5e-324};
  e.bytes = {0, 7, 255};
  e.pairs = {{1, 2}, {3, 4}};
  return e;
}

template <class T>
std::string saved(T const& value, std::string_view type = "everything", unsigned version = 1) {
  state_writer write{type, version};
  T::fields(value, write);
  return static_cast<state_writer&&>(write).finish();
}

void load(everything& into, std::string const& text) {
  state_reader read{text, "everything", 1};
  everything::fields(into, read);
  read.finish();
}

everything loaded(std::string const& text) {
  everything e;
  e.table.resize(3);
  load(e, text);
  return e;
}

// The lines with a checksum that fits: FNV-1a of 64 bits, in hexadecimal.
std::string sealed(std::string const& lines) {
  std::uint64_t hash = 14695981039346656037U;
  for (char const byte : lines) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 1099511628211U;
  }
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  return lines + "checksum " + digits + '\n';
}

std::string lines_of(std::string const& text) { return text.substr(0, text.rfind("checksum ")); }

std::string replaced(std::string text, std::string const& from, std::string const& to) {
  std::size_t const at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

// The refusal of a text, as "line: message"; "accepted" if there is none.
std::string refusal(std::string const& text) {
  try {
    (void)loaded(text);
  } catch (joust::file_error const& error) {
    CHECK(error.file() == "state");
    return std::to_string(error.line()) + ": " + error.what();
  }
  return "accepted";
}

// Reads a single field of that type.
template <class T>
T read_one(std::string const& value) {
  std::string const text = sealed("joust 1 one 1\nfield " + value + "\n");
  state_reader read{text, "one", 1};
  T field{};
  read("field", field);
  read.finish();
  return field;
}

template <class T>
std::string written(T const& value) {
  state_writer write{"one", 1};
  write("field", value);
  std::string const text = static_cast<state_writer&&>(write).finish();
  std::size_t const begin = text.find("field") + 6;
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

TEST_CASE("a state is text, a line per field", "[state]") {
  everything e = example();
  e.table = {0.5, -0.0, 2.0};
  CHECK(saved(e) == sealed("joust 1 everything 1\n"
                           "flag 1\n"
                           "byte 255\n"
                           "tiny -128\n"
                           "whole -7\n"
                           "wide -9223372036854775808\n"
                           "large 18446744073709551615\n"
                           "size 12\n"
                           "single 0.1\n"
                           "real -0.3333333333333333\n"
                           "pair 4 9\n"
                           "shade deep-blue\n"
                           "nested.left.weight 0.25\n"
                           "nested.left.counts 3: 1 2 3\n"
                           "nested.right.weight -0.5\n"
                           "nested.right.counts 0:\n"
                           "table 0.5 -0 2\n"
                           "bytes 3: 0 7 255\n"
                           "pairs 2: 1 2 3 4\n"
                           "none 0:\n"));
}

TEST_CASE("the checksum is FNV-1a of 64 bits", "[state]") {  // known answers of its authors
  CHECK(joust::detail::hexadecimal(joust::detail::fnv1a("")) == "cbf29ce484222325");
  CHECK(joust::detail::hexadecimal(joust::detail::fnv1a("a")) == "af63dc4c8601ec8c");
  CHECK(joust::detail::hexadecimal(joust::detail::fnv1a("foobar")) == "85944171f73967e8");
  CHECK(joust::detail::hexadecimal(0) == "0000000000000000");
  CHECK(joust::detail::hexadecimal(0xfedcba9876543210U) == "fedcba9876543210");
}

TEST_CASE("a field of every kind reads back as what it was", "[state]") {
  everything const e = example();
  CHECK(loaded(saved(e)) == e);
  CHECK(saved(loaded(saved(e))) == saved(e));
  everything empty;
  empty.table.resize(3);
  CHECK(loaded(saved(empty)) == empty);
  // What is read into a list replaces what was there.
  everything full = example();
  full.none = {1.0, 2.0};
  full.bytes.assign(100, 1);
  load(full, saved(e));
  CHECK(full == e);
}

TEST_CASE("numbers read back bit for bit", "[state]") {
  auto const same = [](double x) {
    return std::bit_cast<std::uint64_t>(read_one<double>(written(x))) == std::bit_cast<std::uint64_t>(x);
  };
  for (double const x :
       {0.0, -0.0, 1.0, 0.1, 1.0 / 3.0, 5e-324, 2.2250738585072014e-308, 2.2250738585072009e-308,
        1.7976931348623157e308, 1e22, 1e23, 9007199254740993.0, std::numeric_limits<double>::infinity(),
        -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::epsilon()}) {
    CAPTURE(x);
    CHECK(same(x));
    CHECK(same(-x));
  }
  joust::stream g{1};
  bool all = true;
  for (int n = 0; n < 20'000; ++n) {
    auto const x = std::bit_cast<double>(g());
    auto const y = std::bit_cast<float>(static_cast<std::uint32_t>(g()));
    if (!std::isnan(x)) all = all && same(x);
    if (!std::isnan(y)) {
      all =
          all && std::bit_cast<std::uint32_t>(read_one<float>(written(y))) == std::bit_cast<std::uint32_t>(y);
    }
    std::uint64_t const bits = g() >> joust::draw_index(64, g);
    all = all && read_one<std::uint64_t>(written(bits)) == bits;
    auto const number = static_cast<std::int64_t>(bits);
    all = all && read_one<std::int64_t>(written(number)) == number;
  }
  CHECK(all);
  for (unsigned n = 0; n < 256; ++n) {
    auto const byte = static_cast<unsigned char>(n);
    auto const tiny = static_cast<signed char>(static_cast<int>(n) - 128);
    CHECK(read_one<unsigned char>(written(byte)) == byte);
    CHECK(read_one<signed char>(written(tiny)) == tiny);
  }
  for (colour const shade : {colour::red, colour::green, colour::deep_blue}) {
    CHECK(read_one<colour>(written(shade)) == shade);
  }
}

TEST_CASE("what is no number of its kind is refused", "[state][fault]") {
  for (char const* bad : {"", "x", "nan", "-nan", "nan(1)", "1.5.2", "1,5", "0x10", "+1", "1e999", "1 ", " 1",
                          "--1", "1e", "infinite"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(read_one<double>(bad), joust::file_error);
  }
  for (char const* bad : {"", "-1", "1.0", "18446744073709551616", "1e3", "+1", "0x1"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(read_one<std::uint64_t>(bad), joust::file_error);
  }
  for (char const* bad : {"2", "-1", "true", "", "4294967296"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(read_one<bool>(bad), joust::file_error);
  }
  for (char const* bad : {"256", "-1", "a", "4294967297"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(read_one<unsigned char>(bad), joust::file_error);
  }
  for (char const* bad : {"128", "-129"}) CHECK_THROWS_AS(read_one<signed char>(bad), joust::file_error);
  for (char const* bad : {"blue", "deep_blue", "Red", "", "0", "redd", "re"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(read_one<colour>(bad), joust::file_error);
  }
  for (char const* bad : {"1", "1 2 3", "1 -2", "1  2"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(read_one<joust::pairing>(bad), joust::file_error);
  }
  CHECK_THROWS_WITH(read_one<bool>("2"), Catch::Contains("state:2: holds 2; expected at most 1"));
  CHECK_THROWS_WITH(read_one<double>("x"), Catch::Contains("state:2: holds 'x'; expected a number"));
  CHECK_THROWS_WITH(read_one<colour>("blue"), Catch::Contains("state:2: holds 'blue'"));
}

TEST_CASE("every change of a single byte and every truncation is refused", "[state][fault]") {
  std::string const text = saved(example());
  int accepted = 0;
  auto const offer = [&](std::string const& bad) {
    try {
      (void)loaded(bad);
      ++accepted;
    } catch (joust::file_error const&) {}
  };
  std::string changed = text;
  for (std::size_t n = 0; n < text.size(); ++n) {
    for (int step = 1; step < 256; step += n % 8 == 0 ? 1 : 37) {  // all 255 others for every eighth byte
      changed[n] = static_cast<char>(static_cast<unsigned char>(text[n]) + step);
      offer(changed);
    }
    changed[n] = text[n];
    offer(text.substr(0, n));
    offer(text.substr(n + 1));
    offer(text.substr(0, n) + text.substr(n + 1));
    offer(text.substr(0, n) + text[n] + text.substr(n));
    if (n > 0 && text[n] != text[n - 1]) {
      offer(text.substr(0, n - 1) + text[n] + text[n - 1] + text.substr(n + 1));
    }
  }
  for (char const* behind : {"\n", " ", "x", "checksum"}) offer(text + behind);
  offer(text + text);
  CHECK(accepted == 0);
  CHECK(refusal("") == "0: state: is no saved state; expected a line 'joust 1 ...'");
  CHECK(refusal("arm,wins\n0,3\n") == "0: state: is no saved state; expected a line 'joust 1 ...'");
  CHECK(refusal(text.substr(0, text.size() / 2)) ==
        "0: state: is damaged or cut short; expected a last line with the checksum of all others");
  // A last line that runs into the one before, sealed as it stands.
  CHECK(refusal(sealed(text.substr(0, text.rfind("\nchecksum")))).substr(0, 31) ==
        "0: state: is damaged or cut sho");
}

TEST_CASE("another type, version or format is refused by name", "[state][fault]") {
  CHECK(refusal(saved(example(), "rucb", 1)) ==
        "1: state:1: is 'joust 1 rucb 1'; expected 'joust 1 everything 1'");
  CHECK(refusal(saved(example(), "everything", 2)) ==
        "1: state:1: is 'joust 1 everything 2'; expected 'joust 1 everything 1'");
  CHECK(refusal(sealed(replaced(lines_of(saved(example())), "joust 1", "joust 2"))) ==
        "1: state:1: is 'joust 2 everything 1'; expected 'joust 1 everything 1'");
  CHECK(refusal(sealed(replaced(lines_of(saved(example())), "everything 1\n", "everything 1\r\n")))
            .substr(0, 5) == "1: st");
}

TEST_CASE("fields that are missing, surplus, renamed or in another order are refused by line",
          "[state][fault]") {
  std::string const lines = lines_of(saved(example()));
  auto const edited = [&](std::string const& from, std::string const& to) {
    return refusal(sealed(replaced(lines, from, to)));
  };
  CHECK(edited("flag 1\n", "flag 1\n").substr(0, 8) == "accepted");
  CHECK(edited("byte 255\n", "") == "3: state:3: begins with 'tiny'; expected 'byte'");
  CHECK(edited("none 0:\n", "") == "20: state:20: begins with ''; expected 'none'");
  CHECK(edited("none 0:\n", "none 0:\nmore 1\n") == "21: state:21: is left over; expected the checksum");
  CHECK(edited("none 0:\n", "none 0:\n\n") == "21: state:21: is left over; expected the checksum");
  CHECK(edited("whole -7\n", "whole -7\nwhole -7\n") == "6: state:6: begins with 'whole'; expected 'wide'");
  CHECK(edited("flag 1\nbyte 255\n", "byte 255\nflag 1\n") ==
        "2: state:2: begins with 'byte'; expected 'flag'");
  CHECK(edited("flag 1", "flags 1") == "2: state:2: begins with 'flags'; expected 'flag'");
  CHECK(edited("flag 1", "fla 1") == "2: state:2: begins with 'fla'; expected 'flag'");
  CHECK(edited("flag 1", " flag 1") == "2: state:2: begins with ''; expected 'flag'");
  CHECK(edited("nested.left.weight", "left.weight") ==
        "13: state:13: begins with 'left.weight'; expected 'nested.left.weight'");
  CHECK(edited("nested.right.weight", "nested.left.weight") ==
        "15: state:15: begins with 'nested.left.weight'; expected 'nested.right.weight'");
}

TEST_CASE("too few and too many values are refused by line", "[state][fault]") {
  std::string const lines = lines_of(saved(example()));
  auto const edited = [&](std::string const& from, std::string const& to) {
    return refusal(sealed(replaced(lines, from, to)));
  };
  CHECK(edited("flag 1", "flag") == "2: state:2: has too few values; expected another");
  CHECK(edited("flag 1", "flag 1 0") == "2: state:2: has more values; expected none behind its last");
  CHECK(edited("flag 1", "flag 1 ") == "2: state:2: has more values; expected none behind its last");
  CHECK(edited("flag 1", "flag  1").substr(0, 22) == "2: state:2: holds ''; ");
  CHECK(edited("pair 4 9", "pair 4") == "11: state:11: has too few values; expected another");
  CHECK(edited("table 0.1 ", "table ") == "17: state:17: has too few values; expected another");
  CHECK(edited("table 0.1 ", "table 0.1 0.1 ") ==
        "17: state:17: has more values; expected none behind its last");
  CHECK(edited("bytes 3:", "bytes 2:") == "18: state:18: has more values; expected none behind its last");
  CHECK(edited("bytes 3:", "bytes 4:") == "18: state:18: has too few values; expected another");
  CHECK(edited("bytes 3: 0", "bytes 3 0") ==
        "18: state:18: has no length; expected 'bytes length: elements'");
  CHECK(edited("nested.left.counts 3:", "nested.left.counts 3") ==
        "14: state:14: has no length; expected 'nested.left.counts length: elements'");
  CHECK(edited("bytes 3: 0", "bytes 3 1: 0") ==
        "18: state:18: has more values; expected none behind its last");
  CHECK(edited("bytes 3:", "bytes :") == "18: state:18: holds ''; expected a number of its kind");
  CHECK(edited("bytes 3:", "bytes -3:") == "18: state:18: holds '-3'; expected a number of its kind");
  CHECK(edited("pairs 2:", "pairs 3:") == "19: state:19: has too few values; expected another");
  CHECK(edited("bytes 3: 0", "bytes 3:0").substr(0, 12) == "18: state:18");
}

TEST_CASE("a promise of many elements is refused before there is room for them", "[state][fault]") {
  std::string const lines = lines_of(saved(example()));
  for (char const* many : {"1000000000", "4294967296", "9223372036854775807", "18446744073709551615"}) {
    CAPTURE(many);
    CHECK(refusal(sealed(replaced(lines, "bytes 3:", std::string{"bytes "} + many + ":"))) ==
          std::string{"18: state:18: has fewer elements; expected "} + many + " of them");
    CHECK(refusal(sealed(replaced(lines, "none 0:", std::string{"none "} + many + ":"))) ==
          std::string{"20: state:20: has fewer elements; expected "} + many + " of them");
  }
  CHECK(refusal(sealed(replaced(lines, "bytes 3:", "bytes 18446744073709551616:"))).substr(0, 18) ==
        "18: state:18: hold");
}

TEST_CASE("a reader can be told that values make no sense", "[state]") {
  std::string const text = saved(example());
  state_reader read{text, "everything", 1};
  everything e;
  e.table.resize(3);
  everything::fields(e, read);
  CHECK_THROWS_WITH(read.fail("holds 9", "less"), "state:20: holds 9; expected less");
}

TEST_CASE("values are compared by their fields", "[state]") {
  auto const same = [](everything const& a, everything const& b) {
    joust::detail::field_comparison comparison;
    everything::fields(a, comparison);
    comparison.compare_with_next();
    everything::fields(b, comparison);
    return comparison.same();
  };
  everything const e = example();
  everything const copy = e;
  CHECK(same(e, copy));
  auto const differs = [&](auto const& change) {
    everything other = e;
    change(other);
    return !same(e, other) && !same(other, e);
  };
  CHECK(differs([](everything& x) { x.flag = false; }));
  CHECK(differs([](everything& x) { x.large -= 1; }));
  CHECK(differs([](everything& x) { x.real = 0.5; }));
  CHECK(differs([](everything& x) { x.pair.second = 8; }));
  CHECK(differs([](everything& x) { x.shade = colour::green; }));
  CHECK(differs([](everything& x) { x.nested.right.weight = 0.0; }));
  CHECK(differs([](everything& x) { x.nested.left.counts.pop_back(); }));
  CHECK(differs([](everything& x) { x.none.push_back(1.0); }));
  CHECK(differs([](everything& x) { x.bytes[2] = 0; }));
  joust::detail::field_comparison half;
  everything::fields(e, half);
  half.compare_with_next();
  half("flag", e.flag);
  CHECK_FALSE(half.same());  // the second listing was shorter
}
