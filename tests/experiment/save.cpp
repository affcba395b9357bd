// SPDX-License-Identifier: MIT
#include <joust/core/certificate.hpp>
#include <joust/experiment/replicate.hpp>
#include <joust/experiment/save.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include <nlohmann/json.hpp>
#include <xtensor/xnpy.hpp>

#include "small_world.hpp"

using joust::named;
using joust::study;
using namespace small_world;
namespace fs = std::filesystem;

namespace {

// A folder that goes away with the test.
struct scratch {
  scratch() {
    static int number = 0;
    path = fs::temp_directory_path() /
           ("joust-save-" + std::to_string(::getpid()) + "-" + std::to_string(number++));
  }
  ~scratch() { fs::remove_all(path); }
  fs::path path;
};

std::string content(fs::path const& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

study play(char const* name, std::size_t threads = 2) {
  return joust::replicate(
      {.horizon = 200, .replications = 3, .seed = 4, .threads = threads, .checkpoints = 4},
      named{name, three_arms{}}, named{"posterior=x,rule=y", restless{}}, named{"plain", stubborn{}});
}

}  // namespace

TEST_CASE("the CSV holds one row per agent, known kind and checkpoint, names as typed") {
  scratch folder;
  study const s = play("toy:arms=3");
  s.save(folder.path);
  std::istringstream lines{content(folder.path / "regret.csv")};
  std::string line;
  std::getline(lines, line);
  CHECK(line == "environment,agent,regret,round,mean,stderr,q05,q50,q95,replications");
  std::size_t rows = 0;
  while (std::getline(lines, line)) ++rows;
  CHECK(rows == 2 * 2 * s.rounds.size());  // two agents, average and simple
  std::string const csv = content(folder.path / "regret.csv");
  CHECK(csv.find("toy:arms=3,\"posterior=x,rule=y\",average,1,") != std::string::npos);
  // stubborn plays (0, 1) at 1/8 a round in every replication.
  CHECK(csv.find("toy:arms=3,plain,average,200,25,0,25,25,25,3\n") != std::string::npos);
  CHECK(content(folder.path / "comparisons.csv").find("toy:arms=3,plain,200,200,0,200,200,200,3\n") !=
        std::string::npos);
}

TEST_CASE("regret.npy reads back as the array, with the axes that study.json names") {
  scratch folder;
  std::vector<study> const studies{play("first"), play("second")};
  joust::save(studies, folder.path, {"joust-lab", "run"});
  auto const array = xt::load_npy<double>((folder.path / "regret.npy").string());
  auto const record = nlohmann::json::parse(content(folder.path / "study.json"));
  REQUIRE(array.dimension() == 5);
  CHECK(array.shape(0) == record["environments"].size());
  CHECK(array.shape(1) == record["regrets"].size());
  CHECK(array.shape(2) == record["agents"].size());
  CHECK(array.shape(3) == record["replications"].get<std::size_t>());
  CHECK(array.shape(4) == record["rounds"].size());
  for (std::size_t e = 0; e < 2; ++e) {
    for (std::size_t r = 0; r < 3; ++r) CHECK(array(e, 0, 0, r, 3) == studies[e].regret(0, 0, r, 3));
  }
  CHECK(std::isnan(array(0, 3, 0, 0, 0)));
  CHECK(record["seed"] == 4);
  CHECK(record["horizon"] == 200);
  CHECK(record["complete"] == true);
  CHECK(record["command"] == std::vector<std::string>{"joust-lab", "run"});
  CHECK(record["environments"][1]["finished_replications"] == std::vector<int>{3, 3});
}

TEST_CASE("saving twice, from one thread or many, gives the same bytes") {
  scratch one;
  scratch two;
  play("toy", 1).save(one.path);
  play("toy", 5).save(two.path);
  for (char const* file : {"regret.csv", "comparisons.csv", "regret.npy", "study.json"}) {
    CHECK(content(one.path / file) == content(two.path / file));
    CHECK_FALSE(content(one.path / file).empty());
  }
}

TEST_CASE("names that are not UTF-8 are saved all the same", "[fault]") {
  scratch folder;
  play("file=caf\xE9.csv").save(folder.path);
  auto const record = nlohmann::json::parse(content(folder.path / "study.json"));
  CHECK(record["environments"][0]["name"] == "file=caf\xEF\xBF\xBD.csv");
  CHECK(content(folder.path / "regret.csv").find("file=caf\xE9.csv,") != std::string::npos);
}

TEST_CASE("how runs ended is saved if they were to stop") {
  scratch folder;
  study s = joust::replicate(
      {.horizon = 900, .replications = 3, .seed = 4, .checkpoints = 2, .delay = 1, .confidence = 0.9},
      named{"a,b", three_arms{}}, named{"tries", restless{}}, named{"one pair", stubborn{}});
  s.finished(1, 1) = 0;
  s.endings[2] = {.claim = joust::certificate{.arm = 1,
                                              .winner = joust::winner_kind::borda,
                                              .confidence = 0.75,
                                              .tolerance = 0.125,
                                              .comparisons = 17},
                  .correct = false,
                  .comparisons = 18,
                  .rounds = 20};
  s.save(folder.path);
  std::istringstream lines{content(folder.path / "identification.csv")};
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  REQUIRE(all.size() == 1 + 3 + 2);
  CHECK(all[0] ==
        "environment,agent,replication,stopped,arm,winner,confidence,tolerance,comparisons,rounds,correct");
  CHECK(all[1] == "\"a,b\",tries,0,1,0,condorcet,0.9,0," + std::to_string(s.endings[0].comparisons) + ',' +
                      std::to_string(s.endings[0].rounds) + ",1");
  CHECK(all[3] == "\"a,b\",tries,2,1,1,borda,0.75,0.125,18,20,0");
  CHECK(all[4] == "\"a,b\",one pair,0,0,,,,,900,900,");
  CHECK(all[5] == "\"a,b\",one pair,2,0,,,,,900,900,");
  auto const record = nlohmann::json::parse(content(folder.path / "study.json"));
  CHECK(record["confidence"] == 0.9);
  CHECK(record["delay"] == 1);

  scratch plain;
  play("toy").save(plain.path);
  CHECK_FALSE(fs::exists(plain.path / "identification.csv"));
  CHECK_FALSE(nlohmann::json::parse(content(plain.path / "study.json")).contains("confidence"));
}

TEST_CASE("an unfinished study is marked and its missing replications are not averaged") {
  scratch folder;
  study s = play("toy");
  s.finished(1, 2) = 0;
  s.save(folder.path);
  auto const record = nlohmann::json::parse(content(folder.path / "study.json"));
  CHECK(record["complete"] == false);
  CHECK(record["environments"][0]["finished_replications"] == std::vector<int>{3, 2});
  CHECK(content(folder.path / "regret.csv").find("toy,plain,average,1,0.125,0,0.125,0.125,0.125,2\n") !=
        std::string::npos);
}

TEST_CASE("studies that do not belong together are refused and nothing is written") {
  scratch folder;
  study other = play("other");
  other.agents[0] = "somebody else";
  std::vector<study> const mixed{play("toy"), other};
  CHECK_THROWS_AS(joust::save(mixed, folder.path), std::invalid_argument);
  study late = play("late");
  late.delay = 1;
  CHECK_THROWS_AS(joust::save(std::vector<study>{play("toy"), late}, folder.path), std::invalid_argument);
  study sure = play("sure");
  sure.confidence = 0.9;
  CHECK_THROWS_AS(joust::save(std::vector<study>{play("toy"), sure}, folder.path), std::invalid_argument);
  CHECK_THROWS_AS(joust::save({}, folder.path), std::invalid_argument);
  CHECK_FALSE(fs::exists(folder.path));
}

TEST_CASE("a file that cannot be written is named, and no half of it stays") {
  scratch folder;
  fs::create_directories(folder.path / "regret.csv" / "in-the-way");  // a folder where the file should go
  CHECK_THROWS_WITH(play("toy").save(folder.path), Catch::Contains("regret.csv"));
  CHECK_FALSE(fs::exists(folder.path / "regret.csv.partial"));
}

TEST_CASE("a full disk is reported and the old file stays") {
  if (!fs::exists("/dev/full")) return;
  scratch folder;
  fs::create_directories(folder.path);
  joust::detail::write_file(folder.path / "kept.csv", "old");
  fs::create_symlink("/dev/full",
                     folder.path / "kept.csv.partial");  // every write to it fails for lack of space
  try {
    joust::detail::write_file(folder.path / "kept.csv", "new");
    FAIL("wrote to a full disk");
  } catch (std::system_error const& full) {
    CHECK(full.code() == std::errc::no_space_on_device);
    CHECK_THAT(full.what(), Catch::Contains("kept.csv"));
  }
  CHECK(content(folder.path / "kept.csv") == "old");
}
