// SPDX-License-Identifier: MIT
#include <joust/core/error.hpp>
#include <joust/experiment/checkpoint_store.hpp>

#include <catch2/catch.hpp>

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using Catch::Matchers::Contains;
using joust::checkpoint_store;
namespace fs = std::filesystem;

namespace {

struct scratch {
  scratch() {
    static int number = 0;
    path = fs::temp_directory_path() /
           ("joust-store-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
  }
  ~scratch() { fs::remove_all(path); }
  fs::path path;
};

std::string content(fs::path const& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void overwrite(fs::path const& path, std::string_view bytes) {
  std::ofstream{path, std::ios::binary} << bytes;
}

// What a store hands out, and how.
struct outcome {
  std::string text = "nothing";
  bool previous = false;
  std::string complaint;
};

outcome restored(checkpoint_store const& store) {
  outcome result;
  auto const found = store.restore([&](std::string_view text) { result.text = text; });
  if (found) {
    result.previous = found->previous;
    result.complaint = found->complaint;
  }
  return result;
}

}  // namespace

TEST_CASE("an empty store has nothing, and looking makes no folder") {
  scratch folder;
  checkpoint_store const store{folder.path / "deep" / "er"};
  CHECK_FALSE(store.any());
  CHECK(restored(store).text == "nothing");
  CHECK_FALSE(fs::exists(folder.path));
}

TEST_CASE("the newest comes back byte for byte, and the one before it is kept") {
  scratch folder;
  checkpoint_store const store{folder.path / "deep" / "er"};
  std::string const odd{"zero \0, line\n, \xFF", 16};
  store.save("");
  CHECK(restored(store).text.empty());
  store.save("one");
  store.save(odd);
  CHECK(store.any());
  auto const found = restored(store);
  CHECK(found.text == odd);
  CHECK_FALSE(found.previous);
  CHECK(found.complaint.empty());
  fs::remove(store.newest());
  auto const before = restored(store);
  CHECK(before.text == "one");
  CHECK(before.previous);
  CHECK_THAT(before.complaint, Contains("checkpoint: no such file"));
  CHECK(std::distance(fs::directory_iterator{folder.path / "deep" / "er"}, {}) == 1);
  store.clear();
  CHECK_FALSE(store.any());
}

TEST_CASE("any damage to the newest shows, and the previous is taken") {
  scratch folder;
  checkpoint_store const store{folder.path};
  store.save("the state before");
  store.save("the state now");
  std::string const good = content(store.newest());
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    overwrite(store.newest(), bad);
    auto const found = restored(store);
    REQUIRE(found.previous);
    REQUIRE(found.text == "the state before");
    REQUIRE_THAT(found.complaint, Contains(store.newest().string() + ":"));
    overwrite(store.newest(), good.substr(0, at));
    REQUIRE(restored(store).text == "the state before");
    overwrite(store.newest(), good + good.substr(0, at + 1));
    REQUIRE(restored(store).text == "the state before");
  }
  overwrite(store.newest(), good);
  CHECK(restored(store).text == "the state now");
}

TEST_CASE("a reader may refuse a whole checkpoint, too") {
  scratch folder;
  checkpoint_store const store{folder.path};
  store.save("old");
  store.save("new");
  std::string taken;
  auto const found = store.restore([&](std::string_view text) {
    if (text == "new") throw std::invalid_argument{"state:1: is strange; expected another"};
    taken = text;
  });
  REQUIRE(found.has_value());
  CHECK(found->previous);
  CHECK(taken == "old");
  CHECK_THAT(found->complaint, Contains("checkpoint: state:1: is strange"));
}

TEST_CASE("two damaged checkpoints are an error that names both") {
  scratch folder;
  checkpoint_store const store{folder.path, "state"};
  store.save("old");
  store.save("new");
  overwrite(store.newest(), "noise");
  overwrite(store.previous(), content(store.previous()) + "x");
  try {
    static_cast<void>(restored(store));
    FAIL("nothing was thrown");
  } catch (joust::file_error const& fault) {
    CHECK_THAT(fault.what(), Contains("state:1: is no checkpoint"));
    CHECK_THAT(fault.what(), Contains("state.previous: is damaged or cut short"));
  }
  CHECK(store.any());
}

TEST_CASE("a damaged newest checkpoint does not push a whole previous one out") {
  scratch folder;
  checkpoint_store const store{folder.path};
  store.save("one");
  store.save("two");
  overwrite(store.newest(), "noise");
  store.save("three");
  fs::remove(store.newest());
  CHECK(restored(store).text == "one");
}

TEST_CASE("other exceptions of the reader pass through") {
  scratch folder;
  checkpoint_store const store{folder.path};
  store.save("old");
  store.save("new");
  CHECK_THROWS_AS(store.restore([](std::string_view) { throw std::runtime_error{"no"}; }),
                  std::runtime_error);
}

TEST_CASE("what cannot be written is an error that names the file, and nothing older is lost") {
  scratch folder;
  checkpoint_store const store{folder.path};
  store.save("one");
  store.save("two");
  SECTION("a folder that cannot be made") {
    checkpoint_store const below{store.newest() / "below"};
    CHECK_THROWS_AS(below.save("x"), std::system_error);
  }
  SECTION("a full disk") {
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit tight = before;
    tight.rlim_cur = 1000;
    setrlimit(RLIMIT_FSIZE, &tight);
    std::string message;
    try {
      store.save(std::string(100'000, 'x'));
    } catch (std::system_error const& failure) { message = failure.what(); }
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    CHECK_THAT(message, Contains("cannot write " + (folder.path / "checkpoint.partial").string()));
  }
  CHECK(restored(store).text == "two");
  fs::remove(store.newest());
  CHECK(restored(store).text == "one");
  CHECK_FALSE(fs::exists(folder.path / "checkpoint.partial"));
}

TEST_CASE("a writer killed at any moment leaves a whole checkpoint") {
  scratch folder;
  checkpoint_store const store{folder.path};
  std::size_t newest = 0;
  for (unsigned trial = 0; trial < 20; ++trial) {
    pid_t const writer = ::fork();
    REQUIRE(writer >= 0);
    if (writer == 0) {
      for (std::size_t number = newest + 1;; ++number) {
        store.save(std::to_string(number) + ' ' + std::string(5000 + number % 1000, 'x'));
      }
    }
    ::usleep(2000 + 900 * trial);
    ::kill(writer, SIGKILL);
    int status = 0;
    ::waitpid(writer, &status, 0);
    if (!store.any()) continue;
    auto const found = restored(store);
    std::size_t const number = std::stoul(found.text);
    REQUIRE(number >= newest);
    REQUIRE(found.text == std::to_string(number) + ' ' + std::string(5000 + number % 1000, 'x'));
    newest = number;
  }
  CHECK(newest > 0);
}
