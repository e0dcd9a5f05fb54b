#include "plans/oci/image_config.h"
#include "plans/base/format.h"

#include <doctest/doctest.h>

using namespace mabplan;

namespace {

const std::string kDiff = "sha256:" + std::string(64, 'd');

std::string document(std::string_view config, std::string_view head = R"("os":"linux","architecture":"arm64","variant":"v8")") {
    return format(R"({{{},"config":{},"rootfs":{{"type":"layers","diff_ids":["{}"]}},"x":1}})", head, config, kDiff);
}
std::string why(const std::string& text) { return parse_image_config(text, "the config").error().message; }

}  // namespace

TEST_CASE("the parts that builds need are read, the document is kept") {
    const std::string text =
        document(R"({"Env":["A=1","B="],"User":"u","WorkingDir":"/w","Entrypoint":null,"Cmd":["sh"],"OnBuild":["RUN x"]})");
    const ImageConfig config = parse_image_config(text, "c").value();
    CHECK(config.platform == Platform{"linux", "arm64", "v8", "", {}});
    CHECK(config.env == std::vector<std::string>{"A=1", "B="});
    CHECK(config.user == "u");
    CHECK(config.working_dir == "/w");
    CHECK(config.entrypoint.empty());
    CHECK(config.cmd == std::vector<std::string>{"sh"});
    CHECK(config.on_build == std::vector<std::string>{"RUN x"});
    CHECK(config.diff_ids == std::vector<Digest>{Digest::parse(kDiff).value()});
    CHECK(config.json == text);
    CHECK(parse_image_config(document("null"), "c").has_value());
}

TEST_CASE("configurations that cannot be right are refused") {
    CHECK(why(document(R"({"Env":"A=1"})")) == "the config: \"Env\" is not a list of texts");
    CHECK(why(document("7")) == "the config: \"config\" is not an object");
    CHECK(why(R"({"os":"linux","architecture":"arm"})") == "the config has no \"rootfs\"");
    CHECK(why(R"({"os":"linux","architecture":"arm","rootfs":{"type":"x"}})") ==
          "the config has a \"rootfs\" that is not of type \"layers\"");
    CHECK(why(R"({"os":"linux","architecture":"arm","rootfs":{"type":"layers","diff_ids":["x"]}})")
              .starts_with("the config has a bad diff_id"));
    CHECK(parse_image_config("{", "c").error().kind == ErrorKind::Verify);
}

TEST_CASE("what moby takes without a word is taken") {
    const auto read = [](const std::string& text) { return parse_image_config(text, "c").value(); };
    // entries of Env that are no variables stay what they are
    const std::vector<std::string> env{"A=1", "BARE", "", "=odd", "B="};
    CHECK(read(document(R"({"Env":["A=1","BARE","","=odd","B="]})")).env == env);
    std::vector<std::string> variables;
    for (const std::string& entry : env)
        if (is_assignment(entry)) variables.push_back(entry);
    CHECK(variables == std::vector<std::string>{"A=1", "B="});
    // one word for the list of a command
    const ImageConfig words = read(document(R"({"Cmd":"c","Entrypoint":"e","Shell":"s"})"));
    CHECK(words.cmd == std::vector<std::string>{"c"});
    CHECK(words.entrypoint == std::vector<std::string>{"e"});
    CHECK(words.shell == std::vector<std::string>{"s"});
    // no os is Linux; the architecture may stand in the index alone
    CHECK(read(document("{}", R"("architecture":"arm64")")).platform == Platform{"linux", "arm64", "", "", {}});
    CHECK(read(document("{}", R"("os":"linux")")).platform.architecture.empty());
    for (const char* rootfs : {R"({"diff_ids":null})", R"({"type":"","diff_ids":[]})", R"({"type":"layers"})"})
        CHECK(read(format(R"({{"os":"linux","architecture":"arm","rootfs":{}}})", rootfs)).diff_ids.empty());
}

TEST_CASE("an image is as old as the newest time that its document and history tell") {
    const auto created = [](const std::string& members) {
        return parse_image_config(
                   format(R"({{"os":"linux","architecture":"arm64",{}"rootfs":{{"type":"layers","diff_ids":[]}}}})", members), "c")
            .value()
            .created;
    };
    CHECK(created(R"("created":"1970-01-01T00:00:05Z",)") == 5);
    CHECK(
        created(
            R"("created":"1970-01-01T00:00:05Z","history":[{"created":"1970-01-01T00:00:09.5Z"},{"created":"1970-01-01T00:00:07Z"},{"comment":"x"},null],)") ==
        9);
    CHECK(created(R"("created":"yesterday","history":7,)") == std::nullopt);
    CHECK(created("") == std::nullopt);
}
