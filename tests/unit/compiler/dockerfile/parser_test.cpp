#include "compiler/dockerfile/parser.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::compiler;

namespace {

SourceTextPtr source(const std::string& text) { return std::make_shared<SourceText>("Dockerfile", text); }

template <class Body>
Body parse(const std::string& text) {
    auto instruction = parse_instruction(source(text));
    REQUIRE_MESSAGE(instruction.has_value(), instruction.error()[0].message);
    REQUIRE(std::holds_alternative<Body>(instruction->body));
    return std::get<Body>(std::move(instruction->body));
}

std::string mistake(const std::string& text) {
    const auto instruction = parse_instruction(source(text));
    REQUIRE_MESSAGE(!instruction.has_value(), text);
    return instruction.error()[0].message;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("FROM") {
    const From from =
        parse<From>("# base for all\n# Build compiles\n# build compiles it\nfrom --platform=$BUILDPLATFORM img:$TAG as Build");
    CHECK(from.image == "img:$TAG");
    CHECK(from.platform == "$BUILDPLATFORM");
    CHECK(from.stage == "build");
    CHECK(from.stage_text == "Build");
    CHECK(from.as_text == "as");
    CHECK(from.description == "compiles it");
    CHECK(parse<From>("FROM a").stage.empty());
    CHECK(mistake("FROM") == "FROM requires either one or three arguments");
    CHECK(mistake("FROM a b c") == "FROM requires either one or three arguments");
    CHECK(mistake("FROM a AS 1b") == "invalid name for build stage: \"1b\"");
    CHECK(mistake("FROM --plattform=x a") == "unknown flag: --plattform");
}

TEST_CASE("ARG, ENV, LABEL") {
    const Arg arg = parse<Arg>("# B the second\nARG A B=\"x y\" C=");
    REQUIRE(arg.definitions.size() == 3);
    CHECK(!arg.definitions[0].value);
    CHECK(arg.definitions[1].value == "\"x y\"");
    CHECK(arg.definitions[1].description == "the second");
    CHECK(arg.definitions[2].value == "");
    CHECK(parse<Env>("ENV a=$b c=d").pairs.size() == 2);
    CHECK(parse<Label>("LABEL a b").form == PairForm::Legacy);
    CHECK(mistake("ARG") == "ARG requires at least one argument");
    CHECK(mistake("ARG =x") == "ARG names can not be blank");
    CHECK(mistake("ENV a=b =c") == "ENV names can not be blank");
    CHECK(mistake("LABEL") == "LABEL requires at least one argument");
    CHECK(mistake("ENV --x a=b") == "unknown flag: --x");
}

TEST_CASE("COPY and ADD") {
    const Copy copy = parse<Copy>("COPY --from=b --chown=1:2 --chmod=644 --link --parents --exclude=*.o --exclude=x a $b c/");
    CHECK(copy.from == "b");
    CHECK(copy.chown == "1:2");
    CHECK(copy.chmod == "644");
    CHECK(copy.link);
    CHECK(copy.parents);
    CHECK(copy.excludes == Words{"*.o", "x"});
    CHECK(copy.sources == Words{"a", "$b"});
    CHECK(copy.destination == "c/");
    CHECK(parse<Copy>("COPY [\"a b\", \"<<x\", \"c\"]").sources == Words{"a b", "<<x"});
    const Add add = parse<Add>("ADD --keep-git-dir=false --checksum=sha256:1 --unpack u v");
    CHECK(add.keep_git_dir == false);
    CHECK(add.unpack == true);
    CHECK(add.checksum == "sha256:1");
    CHECK(!parse<Add>("ADD u v").unpack.has_value());
    CHECK(mistake("COPY a") == "COPY requires at least two arguments, but only one was provided. Destination could not be determined");
    CHECK(mistake("ADD") == "ADD requires at least two arguments, but none were provided. Destination could not be determined");
    CHECK(mistake("ADD --from=x a b") == "unknown flag: --from");
    CHECK(mistake("COPY --checksum=x a b") == "unknown flag: --checksum");
}

TEST_CASE("files inside of COPY") {
    const Copy copy = parse<Copy>("COPY <<-one x << 'two' /to/\n\t$a\n\tone\n\t$b\ntwo\n");
    CHECK(copy.sources == Words{"x"});
    REQUIRE(copy.files.size() == 2);
    CHECK(copy.files[0].name == "one");
    CHECK(copy.files[0].text() == "$a\n");
    CHECK(copy.files[0].expand);
    CHECK(copy.files[1].name == "two");
    CHECK(copy.files[1].text() == "\t$b\n");
    CHECK(!copy.files[1].expand);
    CHECK(copy.destination == "/to/");
    const Copy twice = parse<Copy>("COPY <<a <<a /to/\n1\na\n2\na\n");
    CHECK(twice.files[0].content == "1\n");
    CHECK(twice.files[1].content == "2\n");
    CHECK(mistake("COPY a <<b\nb") == "COPY cannot accept a heredoc as a destination");
}

TEST_CASE("RUN") {
    const Run run = parse<Run>("RUN --mount=type=cache,target=/c --network=none --security=insecure --mount=target=/x \\\n  make  all");
    CHECK(run.command.form == CommandForm::Shell);
    CHECK(run.command.shell_text == "make  all");
    CHECK(run.mounts.size() == 2);
    CHECK(run.network == RunNetwork::None);
    CHECK(run.security == RunSecurity::Insecure);
    CHECK(run.flags_given == Words{"mount", "network", "security"});
    CHECK(parse<Run>("RUN [\"a\", \"$b\"]").command.words == Words{"a", "$b"});
    const Run script = parse<Run>("RUN <<EOF\na\nEOF");
    CHECK(script.command.shell_text == "<<EOF");
    CHECK(script.command.heredocs.at(0).content == "a\n");
    CHECK(parse<Run>("RUN").command.shell_text.empty());
    CHECK(parse<Run>("RUN --mount=type=cache,target=/c").mounts.size() == 1);
    CHECK(mistake("RUN []") == "RUN requires at least one argument");
    CHECK(mistake("RUN --network=hosts x") == "invalid network \"hosts\"");
    CHECK(mistake("RUN --security=none x") == "invalid security \"none\"");
}

TEST_CASE("a mistake in a mount is at its flag") {
    const auto instruction = parse_instruction(source("RUN \\\n --mount=type=cach,target=/x \\\n make"));
    REQUIRE(!instruction.has_value());
    CHECK(format_error(instruction.error()[0]) ==
          "Dockerfile:2:2: error: unsupported mount type \"cach\"\n"
          ">    1 | RUN \\\n"
          ">    2 |  --mount=type=cach,target=/x \\\n"
          "       |  ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
          ">    3 |  make\n"
          "  while reading --mount=type=cach,target=/x\n"
          "  hint: did you mean \"cache\"?\n");
}

TEST_CASE("CMD, ENTRYPOINT, SHELL") {
    CHECK(command_words(parse<Cmd>("CMD echo  $x").command) == Words{"echo  $x"});
    CHECK(command_words(parse<Cmd>("CMD").command).empty());
    CHECK(parse<Entrypoint>("ENTRYPOINT []").command.form == CommandForm::Exec);
    CHECK(parse<Shell>("SHELL [\"/bin/bash\", \"-c\"]").words == Words{"/bin/bash", "-c"});
    CHECK(mistake("SHELL []") == "SHELL requires at least one argument");
    CHECK(mistake("SHELL bash -c") == "SHELL requires the arguments to be in JSON form");
    const auto broken = parse_instruction(source("SHELL [\"bash\" '-c']"));
    CHECK(format_place(*broken.error()[0].place) == "Dockerfile:1:15");
    CHECK(broken.error()[0].hint == "a comma is expected between two strings, or the closing ]");
    CHECK(format_place(*parse_instruction(source("CMD [\"a\", 1]")).error()[0].place) == "Dockerfile:1:11");
    CHECK(mistake("CMD --x y") == "unknown flag: --x");
}

TEST_CASE("HEALTHCHECK") {
    const Healthcheck check =
        parse<Healthcheck>("HEALTHCHECK --interval=5m --timeout=3s --start-period=0 --start-interval=1ms --retries=2 CMD [\"a\", \"b\"]");
    CHECK(check.interval == std::chrono::minutes(5));
    CHECK(check.timeout == std::chrono::seconds(3));
    CHECK(check.start_period.count() == 0);
    CHECK(check.start_interval == std::chrono::milliseconds(1));
    CHECK(check.retries == 2);
    CHECK(healthcheck_test(check) == Words{"CMD", "a", "b"});
    CHECK(healthcheck_test(parse<Healthcheck>("HEALTHCHECK cmd a b")) == Words{"CMD-SHELL", "a b"});
    CHECK(healthcheck_test(parse<Healthcheck>("HEALTHCHECK none")) == Words{"NONE"});
    CHECK(mistake("HEALTHCHECK") == "HEALTHCHECK requires at least one argument");
    CHECK(mistake("HEALTHCHECK NONE x") == "HEALTHCHECK NONE takes no arguments");
    CHECK(mistake("HEALTHCHECK CMD") == "Missing command after HEALTHCHECK CMD");
    CHECK(mistake("HEALTHCHECK curl") == "HEALTHCHECK is of the type CMD or NONE, not \"CURL\"");
    CHECK(mistake("HEALTHCHECK --interval=9us CMD x") == "Interval \"interval\" cannot be less than 1ms");
    CHECK(mistake("HEALTHCHECK --timeout=5 CMD x") == "\"5\" is no duration");
    CHECK(mistake("HEALTHCHECK --retries=-1 CMD x") == "--retries cannot be negative (-1)");
    CHECK(mistake("HEALTHCHECK --retries=x CMD x") == "--retries is a number, not \"x\"");
}

TEST_CASE("instructions with plain arguments") {
    CHECK(parse<Workdir>("WORKDIR /a b").path == "/a b");
    CHECK(parse<User>("USER a:b").user == "a:b");
    CHECK(parse<Expose>("EXPOSE 90 80/udp $P").ports == Words{"$P", "80/udp", "90"});
    CHECK(parse<Volume>("VOLUME [\"/a\", \" /b \"]").paths == Words{"/a", "/b"});
    CHECK(parse<StopSignal>("STOPSIGNAL SIGINT").signal == "SIGINT");
    CHECK(parse<Maintainer>("MAINTAINER a <b@c>").name == "a <b@c>");
    CHECK(mistake("WORKDIR") == "WORKDIR requires exactly one argument");
    CHECK(mistake("VOLUME [\"\"]") == "a path of VOLUME is empty");
    CHECK(mistake("VOLUME") == "VOLUME requires at least one argument");
}

TEST_CASE("ONBUILD keeps its text and is checked") {
    CHECK(parse<Onbuild>("ONBUILD  run \\\n  --network=none a").trigger == "run   --network=none a");
    CHECK(parse<Onbuild>("ONBUILD COPY <<A <<-B /x\n1\nA\n\t2\n\tB").trigger == "COPY <<A <<-B /x\n1\nA\n\t2\nB");
    CHECK(mistake("ONBUILD") == "ONBUILD requires at least one argument");
    CHECK(parse<Onbuild>("ONBUILD RUN").trigger == "RUN");
    CHECK(mistake("ONBUILD onbuild RUN x") == "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
    CHECK(mistake("ONBUILD FROM x") == "FROM isn't allowed as an ONBUILD trigger");
    CHECK(mistake("ONBUILD maintainer x") == "MAINTAINER isn't allowed as an ONBUILD trigger");
    CHECK(mistake("ONBUILD COPY x") ==
          "COPY requires at least two arguments, but only one was provided. Destination could not be determined");
    const Copy copy = parse<Copy>(parse<Onbuild>("ONBUILD COPY <<A /x\n1\nA\n").trigger);
    CHECK(copy.files.at(0).content == "1\n");
}

TEST_CASE("an instruction knows its lines and the place of its pieces") {
    const auto dockerfile = parse_dockerfile(source("FROM a\nCOPY --from=b \\\n  one two\nRUN <<X\n1\nX\n"));
    REQUIRE(dockerfile.has_value());
    const Instruction& copy = dockerfile->instructions[1];
    CHECK(format_place(copy.place) == "Dockerfile:2:1");
    CHECK(copy.place.last_line == 3);
    CHECK(copy.flags == Words{"--from=b"});
    CHECK(format_place(place_of(copy, "two")) == "Dockerfile:3:7");
    CHECK(format_place(place_of(copy, "absent")) == "Dockerfile:2:1");
    CHECK(dockerfile->instructions[2].place.last_line == 6);
    CHECK(instruction_name(copy) == "COPY");
}

TEST_CASE("all mistakes of a text come at once, in its order") {
    const auto dockerfile = parse_dockerfile(source("RUN early\nFROM a AS 0\nENV x\nWORKDR /x\nCOPY a\n"));
    REQUIRE(!dockerfile.has_value());
    std::vector<std::string> found;
    for (const Error& error : dockerfile.error()) found.push_back(format_place(*error.place) + " " + error.message);
    CHECK(found ==
          Words{"Dockerfile:1:1 no build stage in current context", "Dockerfile:2:11 invalid name for build stage: \"0\"",
                "Dockerfile:3:5 ENV must have two arguments", "Dockerfile:4:1 unknown instruction: WORKDR",
                "Dockerfile:5:1 COPY requires at least two arguments, but only one was provided. Destination could not be determined"});
    CHECK(dockerfile.error()[3].hint == "did you mean \"WORKDIR\"?");
}

TEST_CASE("a text needs a stage") {
    const auto only_arg = parse_dockerfile(source("ARG a\n"));
    REQUIRE(!only_arg.has_value());
    CHECK(only_arg.error()[0].message == "the Dockerfile has no stage: no line is a FROM");
    CHECK(!parse_dockerfile(source("")).has_value());
    CHECK(parse_dockerfile(source("ARG a\nFROM $a\n")).has_value());
}

TEST_CASE("one instruction means one") {
    CHECK(mistake("RUN a\nRUN b") == "one instruction is expected, a second one stands here");
    CHECK(mistake("") == "file with no instructions");
}

TEST_CASE("an escape character alone on a line begins nothing") {
    const auto dockerfile = parse_dockerfile(source("FROM a\n\\\n\\\n  # comment\n   RUN a \\\n  b\nWORKDR x\n"));
    REQUIRE(!dockerfile.has_value());
    REQUIRE(dockerfile.error().size() == 1);
    const auto run = parse_instruction(source("\\\n   RUN a \\\n  b"));
    REQUIRE(run.has_value());
    CHECK(std::get<Run>(run->body).command.shell_text == "a   b");
    CHECK(format_place(run->place) == "Dockerfile:2:4");
    CHECK(run->place.first() == 1);
    CHECK(run->place.last_line == 3);
    CHECK(mistake("\\") == "unknown instruction: ");
}
