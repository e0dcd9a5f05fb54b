// A target with its outputs: what is assembled, what each output gets, what the report says.
#include "runtime/output/export_target.h"

#include "runtime/sys/file.h"
#include "tests/support/built_images.h"
#include "tests/support/recording_destinations.h"
#include "tests/support/recording_observer.h"
#include "tests/support/tar_listing.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using tests::file_line;
using Names = std::vector<std::string>;

namespace {

struct Export : tests::BuiltImages {
    Export() {
        built.target.tags = {"docker.io/library/app:1"};
        for (const char* architecture : {"amd64", "arm64"}) {
            const std::string text = architecture;
            add_cell(architecture, {add_layer({{file_line("who", text.size()), text}})});
        }
    }
    Result<TargetReport> run(std::vector<Output> outputs, Digests digests = Digests::WhereWritten) {
        built.target.outputs = std::move(outputs);
        return export_target(built, {blobs(), layers, store->records(), destinations, told, transfers, folder.path(), 50, digests});
    }

    tests::RecordingDestinations destinations;
    tests::RecordingSink told;
    Transfers transfers{told};
};

}  // namespace

TEST_CASE("several outputs of one compression get the same documents, made once") {
    Export it;
    int absent = 0;
    it.destinations.on_write = [&](const ImageContent& content) {  // who makes a document again puts it into the store
        if (!it.blobs().size(content.index.digest)) ++absent;
        REQUIRE(it.blobs().remove(content.index.digest));
    };
    const std::vector<Output> outputs{LayoutOutput{"a", false}, LayoutOutput{"b", true}, DockerOutput{"c"}};
    const TargetReport report = it.run(outputs).value();
    CHECK(it.destinations.opened == outputs);
    CHECK(it.destinations.targets == Names{"app", "app", "app"});
    REQUIRE(it.destinations.written.size() == 3);
    CHECK(absent == 2);
    for (const ImageContent& content : it.destinations.written) {
        CHECK(content.index.digest == report.index);
        CHECK(content.tags.size() == 1);
        CHECK(content.images.size() == 2);
        CHECK(content.time == 50);
    }
}

TEST_CASE("outputs of other compressions have other layers; the report is of the first") {
    Export it;
    const TargetReport report = it.run({LayoutOutput{"a", true, Compression::Zstd}, LayoutOutput{"b", true, Compression::Gzip}}).value();
    REQUIRE(it.destinations.written.size() == 2);
    CHECK(it.destinations.written[0].images[0].layers[0].media_type.ends_with("+zstd"));
    CHECK(it.destinations.written[1].images[0].layers[0].media_type.ends_with("+gzip"));
    REQUIRE(report.written.size() == 2);
    CHECK(report.written[0].destination == "a");
    CHECK(report.written[0].index == report.index);
    CHECK(report.written[1].index != report.index);
    CHECK(report.index_size == it.destinations.written[0].index.size);
    REQUIRE(report.images.size() == 2);
    CHECK(format_platform(report.images[1].platform) == "linux/arm64");
    CHECK(report.images[1].manifest == it.destinations.written[0].images[1].manifest.digest);
}

TEST_CASE("without an output that holds images none is assembled, unless digests are asked for") {
    Export it;
    TargetReport report = it.run({CacheOnlyOutput{}}).value();
    CHECK(report.name == "app");
    CHECK(report.tags == Names{"docker.io/library/app:1"});
    CHECK(report.index.empty());
    CHECK(report.images.empty());
    CHECK(report.written.empty());
    report = it.run({CacheOnlyOutput{}}, Digests::Always).value();
    CHECK_FALSE(report.index.empty());
    CHECK(report.images.size() == 2);
    CHECK(report.written.empty());
    CHECK(it.destinations.opened.empty());
}

TEST_CASE("what is current is not written, and in the report all the same") {
    Export it;
    it.destinations.current = true;
    const TargetReport report = it.run({LayoutOutput{"a", false}}).value();
    CHECK(it.destinations.written.empty());
    REQUIRE(report.written.size() == 1);
    CHECK(report.written[0].index == report.index);
    CHECK(it.told.record.all<Exporting>().empty());
    CHECK(it.told.record.all<Exported>().size() == 1);
    it.destinations.current = false;
    REQUIRE(it.run({LayoutOutput{"a", false}}));
    CHECK(it.destinations.written.size() == 1);
    CHECK(it.told.record.all<Exporting>().size() == 1);
}

TEST_CASE("each output is told of before it is written and when it is there") {
    Export it;
    const TargetReport report = it.run({LayoutOutput{"a", true}, CacheOnlyOutput{}, FolderOutput{"root", true}}).value();
    std::vector<std::string> told;
    for (const BuildEvent& event : it.told.record.events) {
        if (const auto* begun = std::get_if<Exporting>(&event.what))
            told.push_back("exporting " + begun->target + " to " + begun->destination);
        if (const auto* done = std::get_if<Exported>(&event.what))
            told.push_back("exported " + done->destination + (done->index == report.index ? " with the index" : ""));
    }
    CHECK(told == Names{"exporting app to a", "exported a with the index", "exporting app to root", "exported root"});
}

TEST_CASE("the first destination that refuses ends it") {
    Export it;
    it.destinations.refusal = Error{ErrorKind::Environment, "no room"};
    const auto report = it.run({LayoutOutput{"a", true}, FolderOutput{"root", true}});
    REQUIRE_FALSE(report);
    CHECK(report.error().message == "no room");
    CHECK(it.destinations.opened.size() == 1);
    CHECK_FALSE(path_exists(it.folder / "root"));
}

TEST_CASE("files go into a folder and a tar of the project, each platform apart, and no image is opened for them") {
    Export it;
    for (Cell& cell : it.built.target.cells) cell.created = 700;
    const TargetReport report = it.run({FolderOutput{"root", true}, TarOutput{"sub/root.tar", true}}).value();
    CHECK(read_file(it.folder / "root/linux_arm64/who").value() == "arm64");
    const auto listed = tests::list_tar(read_file(it.folder / "sub/root.tar").value());
    CHECK(tests::names_of(listed) == Names{"linux_amd64/", "linux_amd64/who", "linux_arm64/", "linux_arm64/who"});
    CHECK(listed[1].entry.entry.mtime_s == 700);
    REQUIRE(report.written.size() == 2);
    CHECK(report.written[1].destination == "sub/root.tar");
    CHECK(report.written[1].index.empty());
    CHECK(report.index.empty());
    CHECK(it.destinations.opened.empty());
    const auto together = it.run({TarOutput{"one.tar", false}});
    CHECK(together.error().message == "\"/who\" is not the same for linux/amd64 and linux/arm64: they can't be put into one folder");
}

TEST_CASE("what a folder cannot hold is a warning") {
    Export it;
    it.built.chains[1] = {it.add_layer({{tests::device_line("zero", 1, 3)}})};
    REQUIRE(it.run({FolderOutput{"root", true}}));
    const auto warned = it.told.record.all<Warned>();
    REQUIRE(warned.size() == 1);
    CHECK(warned[0].text == "\"/zero\" is no file, folder or link: it is left out");
}

TEST_CASE("a layer that is not in the store is an error before anything is written") {
    Export it;
    it.built.chains[1] = {Digest::of("nothing")};
    const auto report = it.run({FolderOutput{"root", true}, LayoutOutput{"a", true}});
    REQUIRE_FALSE(report);
    CHECK(report.error().kind == ErrorKind::Verify);
    CHECK_FALSE(path_exists(it.folder / "root"));
}

TEST_CASE("what has tags is kept under them where images are assembled, and an image under its own names") {
    Export it;
    const auto named = [&](const std::string& name) { return it.store->records().find_image(name).value(); };
    REQUIRE(it.run({FolderOutput{"root", true}}));
    CHECK_FALSE(named("docker.io/library/app:1"));
    const TargetReport report = it.run({LayoutOutput{"a", false}}).value();
    REQUIRE(named("docker.io/library/app:1"));
    CHECK(named("docker.io/library/app:1")->root.digest == report.index);
    REQUIRE(it.run({ImageOutput{{"registry.lan/other:2"}}}));
    CHECK(named("registry.lan/other:2")->root.digest == report.index);
    CHECK(it.destinations.opened.size() == 1);  // nothing is pushed
}

TEST_CASE("an image that is pushed goes to its destination, and is reported with its names") {
    Export it;
    const TargetReport report = it.run({ImageOutput{{}, true}}).value();
    REQUIRE(it.destinations.written.size() == 1);
    REQUIRE(report.written.size() == 1);
    CHECK(report.written[0].destination == "docker.io/library/app:1");
    CHECK(report.written[0].index == report.index);
    REQUIRE(it.run({ImageOutput{{"registry.lan/bare:1"}, true, true}}));
    CHECK_FALSE(it.store->records().find_image("registry.lan/bare:1").value());
}
