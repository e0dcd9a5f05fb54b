#include "compiler/lower/outputs.h"
#include "plans/base/format.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

const SourcePlace kPlace{std::make_shared<SourceText>("m.yaml", "one\ntwo\n"), 2, 1, 3, 0};

Result<Output> lower(const std::string& text, const OutputContent& content = {}) {
    const auto spec = parse_output_spec(text, kPlace);
    REQUIRE(spec);
    return lower_output(*spec, content);
}

std::string refusal(const std::string& text) {
    const auto output = lower(text);
    if (output) return "good";
    CHECK(output.error().kind == ErrorKind::Input);
    REQUIRE(output.error().place);
    CHECK(output.error().place->line == 2);
    return output.error().message + (output.error().hint.empty() ? "" : " | " + output.error().hint);
}

// Of files.
bool is_split(const std::string& text, std::size_t images) {
    const Output output = lower(text, {images, false, {}}).value();
    const auto* tar = std::get_if<TarOutput>(&output);
    return tar != nullptr ? tar->platform_split : std::get<FolderOutput>(output).platform_split;
}

compiler::Target target(const std::vector<std::string>& names, const std::vector<OutputSpec>& outputs = {}) {
    compiler::Target out;
    out.name = "app";
    out.names = names;
    out.outputs = outputs;
    out.place = kPlace;
    return out;
}

}  // namespace

TEST_CASE("each type with its destination") {
    CHECK(lower("type=oci,dest=x").value() == Output{LayoutOutput{"x", true, Compression::Gzip}});
    CHECK(lower("type=docker,dest=x.tar").value() == Output{DockerOutput{"x.tar", Compression::Gzip}});
    CHECK(lower("type=local,dest=out").value() == Output{FolderOutput{"out", false}});
    CHECK(lower("type=tar,dest=-").value() == Output{TarOutput{"-", false}});
    CHECK(lower("type=cacheonly").value() == Output{CacheOnlyOutput{}});
}

TEST_CASE("each type of the plan has a row, and each row lowers to its type") {
    CHECK(output_types().size() == std::variant_size_v<Output> + 1);  // registry is an image that is pushed
    for (const OutputType& type : output_types()) {
        CAPTURE(type.name);
        const bool somewhere = std::find(type.options.begin(), type.options.end(), "dest") != type.options.end();
        const auto output = lower(format("type={}{}", type.name, somewhere ? ",dest=x" : type.name == "registry" ? ",name=x" : ""));
        REQUIRE(output);
        const std::string_view meant = type.name == "registry" ? "image" : type.name;
        CHECK(type_name(*output) == meant);
        CHECK(type_of(*output).name == meant);
    }
}

TEST_CASE("an OCI layout is a tar or a folder, compressed as is said") {
    for (const char* no : {"false", "0"})
        CHECK(lower(format("type=oci,dest=x,tar={}", no)).value() == Output{LayoutOutput{"x", false, Compression::Gzip}});
    CHECK(form_of(lower("type=oci,dest=x,tar=1").value()) == OutputForm::File);
    CHECK(form_of(lower("type=oci,dest=x,tar=0").value()) == OutputForm::Folder);
    CHECK(compression_of(lower("type=oci,dest=x,compression=zstd").value()) == Compression::Zstd);
    CHECK(compression_of(lower("type=oci,dest=x,compression=uncompressed").value()) == Compression::None);
    CHECK(compression_of(lower("type=docker,dest=x,compression=zstd").value()) == Compression::Zstd);
    CHECK(compression_of(lower("type=oci,dest=x", {1, false, Compression::Zstd}).value()) == Compression::Zstd);
    CHECK_FALSE(compression_of(lower("type=tar,dest=x", {1, false, Compression::Zstd}).value()));
}

TEST_CASE("unknown types are refused, with the nearest") {
    CHECK(refusal("type=ocl,dest=x") ==
          "unknown output type \"ocl\": expected oci, docker, local, tar, cacheonly, image or registry | did you mean \"oci\"?");
    CHECK(refusal("type=directory,dest=x") ==
          "unknown output type \"directory\": expected oci, docker, local, tar, cacheonly, image or registry");
}

TEST_CASE("an image has names, and is pushed where that is said") {
    const std::string full = "docker.io/library/app:1", other = "registry.lan:5000/app:latest";
    CHECK(lower("type=image,name=app:1").value() == Output{ImageOutput{{full}}});
    CHECK(lower("type=image,push=true,\"name=app:1, registry.lan:5000/app\"").value() == Output{ImageOutput{{full, other}, true}});
    CHECK(lower("type=registry,name=app:1").value() == Output{ImageOutput{{full}, true}});
    CHECK(lower("type=registry,name=app:1,push=false").value() == Output{ImageOutput{{full}, false}});
    CHECK(lower("type=image,name=app:1,push-by-digest=true").value() == Output{ImageOutput{{full}, false, true}});
    CHECK(lower("type=registry,name=app:1,registry.insecure=true,compression=zstd").value() ==
          Output{ImageOutput{{full}, true, false, true, Compression::Zstd}});
    CHECK(lower("type=registry", {1, false, Compression::Gzip, true}).value() == Output{ImageOutput{{}, true}});
    CHECK(type_of(lower("type=registry,name=app:1").value()).name == "image");
    CHECK(form_of(lower("type=image").value()) == OutputForm::Nothing);
}

TEST_CASE("what an image can't have is refused") {
    CHECK(refusal("type=registry") == "an image is to be pushed, and it has no name | add -t REGISTRY/NAME:TAG, or name=REGISTRY/NAME:TAG");
    CHECK(refusal("type=image,name=App") != "good");
    CHECK(refusal("type=image,name=app@sha256:" + std::string(64, 'a'))
              .ends_with("has a digest, and what is built has its own | leave it out"));
    CHECK(refusal("type=image,oci-mediatypes=false") ==
          "type=image can't have oci-mediatypes=false | images are OCI; registries and docker read them");
    CHECK(refusal("type=image,oci-mediatypes=true,unpack=false,store=true") == "good");
    CHECK(refusal("type=image,dest=x").starts_with("type=image does not know \"dest\""));
    CHECK(refusal("type=oci,push=true").starts_with("type=oci does not know \"push\""));
}

TEST_CASE("unknown attributes, and those of another type, are refused") {
    CHECK(refusal("type=oci,dest=x,compresion=zstd") == "type=oci does not know \"compresion\" | did you mean \"compression\"?");
    CHECK(refusal("type=local,dest=x,tar=true").starts_with("type=local does not know \"tar\""));
    CHECK(refusal("type=tar,dest=x,compression=gzip").starts_with("type=tar does not know \"compression\""));
    CHECK(refusal("type=oci,dest=x,tar=maybe") == "tar=maybe is neither true nor false");
    CHECK(refusal("type=oci,dest=x,compression=lzma").ends_with("| use gzip, zstd or uncompressed"));
}

TEST_CASE("a folder needs a destination, a file goes to standard output, which takes no folder") {
    CHECK(refusal("type=local") == "type=local needs a destination | add dest=PATH");
    CHECK(refusal("type=local,dest=-").starts_with("a folder can't be written to standard output"));
    CHECK(refusal("type=oci,dest=-,tar=false").starts_with("a folder can't be written to standard output"));
    CHECK(refusal("type=oci,dest=-") == "good");
    for (const char* file : {"type=oci", "type=tar"}) CHECK(destination_of(lower(file).value()) == "-");
    CHECK(refusal("type=oci,tar=false") == "type=oci needs a destination | add dest=PATH");
    CHECK(refusal("type=oci,dest=") == "type=oci needs a destination | add dest=PATH");
}

TEST_CASE("without outputs a target is a layout in dist, of the compression of the matrix") {
    CHECK(lower_outputs(target({}), Compression::Zstd).value() == std::vector<Output>{LayoutOutput{"dist/app", false, Compression::Zstd}});
    const std::vector<OutputSpec> two{parse_output_spec("type=oci,dest=a").value(), parse_output_spec("type=tar,dest=b").value()};
    const auto outputs = lower_outputs(target({}, two), Compression::Gzip).value();
    REQUIRE(outputs.size() == 2);
    CHECK(destination_of(outputs[0]) == "a");
    CHECK(outputs[1] == Output{TarOutput{"b", false}});
    CHECK_FALSE(lower_outputs(target({}, {two[0], parse_output_spec("type=local,dest=").value()}), Compression::Gzip));
}

TEST_CASE("an archive for docker holds one platform") {
    compiler::Target both = target({}, {parse_output_spec("type=docker,dest=a", kPlace).value()});
    both.cells.resize(1);
    CHECK(lower_outputs(both, Compression::Gzip));
    both.cells.resize(2);
    const auto refused = lower_outputs(both, Compression::Gzip);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "type=docker holds one platform, and there are 2");
    CHECK(refused.error().place->line == 2);
    both.outputs = {parse_output_spec("type=docker").value()};  // into the engine of this host: its own
    CHECK(lower_outputs(both, Compression::Gzip).value() == std::vector<Output>{DockerOutput{}});
    CHECK(refusal("type=docker,dest=x,tar=false").starts_with("type=docker does not know \"tar\""));
}

TEST_CASE("an archive for docker has no index to annotate") {
    const auto refused = lower("type=docker,dest=x", {1, true, Compression::Gzip});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "type=docker has no index to annotate");
    CHECK(refused.error().place->line == 2);
    CHECK(lower("type=oci,dest=x", {1, true, Compression::Gzip}));
}

TEST_CASE("files of several platforms go into a folder each, unless it is said otherwise") {
    for (const std::string type : {"type=local,dest=x", "type=tar,dest=x"}) {
        CAPTURE(type);
        CHECK(is_split(type, 2));
        CHECK_FALSE(is_split(type, 1));
        CHECK_FALSE(is_split(type + ",platform-split=false", 2));
        CHECK(is_split(type + ",platform-split=true", 1));
        CHECK(refusal(type + ",platform-split=maybe") == "platform-split=maybe is neither true nor false");
        CHECK(refusal(type + ",platform_split=true").ends_with("| did you mean \"platform-split\"?"));
    }
    CHECK(refusal("type=oci,dest=x,platform-split=true").starts_with("type=oci does not know \"platform-split\""));
}

TEST_CASE("tags are full references, each once, in their order") {
    using Texts = std::vector<std::string>;
    CHECK(lower_tags(target({"app:2", "registry.lan:5000/app:1", "docker.io/library/app:2", "app"})).value() ==
          Texts{"docker.io/library/app:2", "registry.lan:5000/app:1", "docker.io/library/app:latest"});
    CHECK(lower_tags(target({})).value().empty());
    const auto wrong = lower_tags(target({"good", "app/UPPER"}));
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().place->line == 2);
}

TEST_CASE("registries are taken over; two certificates for one are refused at their place") {
    Matrix matrix;
    matrix.registries.push_back({"registry.lan", {"mirror"}, true, false, {"ca.crt"}, {}, kPlace});
    CHECK(lower_registries(matrix).value() == std::vector<RegistryHost>{{"registry.lan", {"mirror"}, true, {"ca.crt"}}});
    matrix.registries[0].insecure = true;
    matrix.registries[0].key_pairs = {{"k", "c"}};
    CHECK(lower_registries(matrix).value() == std::vector<RegistryHost>{{"registry.lan", {"mirror"}, true, {"ca.crt"}, true, "c", "k"}});
    matrix.registries[0].key_pairs.push_back({"k", "c"});
    CHECK(lower_registries(matrix).error().message == "there is more than one keypair");
    CHECK(lower_registries(matrix).error().place->line == 2);
}
