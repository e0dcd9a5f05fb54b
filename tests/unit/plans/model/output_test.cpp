#include "plans/model/output.h"

#include <doctest/doctest.h>

using namespace mabplan;

TEST_CASE("what an output says of itself, whatever its type is") {
    const Output layout = LayoutOutput{"dist/app", false, Compression::Zstd};
    CHECK(type_name(layout) == "oci");
    CHECK(form_of(layout) == OutputForm::Folder);
    CHECK(form_of(LayoutOutput{"x"}) == OutputForm::File);
    CHECK(destination_of(layout) == "dist/app");
    CHECK(compression_of(layout) == Compression::Zstd);

    const Output docker = DockerOutput{"-", Compression::None};
    CHECK(type_name(docker) == "docker");
    CHECK(form_of(docker) == OutputForm::File);
    CHECK(destination_of(docker) == "-");
    CHECK(compression_of(docker) == Compression::None);

    CHECK(form_of(FolderOutput{"x"}) == OutputForm::Folder);
    CHECK(form_of(TarOutput{"x"}) == OutputForm::File);
    CHECK_FALSE(compression_of(FolderOutput{"x"}));
    CHECK_FALSE(compression_of(TarOutput{"x"}));

    CHECK(form_of(CacheOnlyOutput{}) == OutputForm::Nothing);
    CHECK(destination_of(CacheOnlyOutput{}).empty());
    CHECK_FALSE(compression_of(CacheOnlyOutput{}));
}
