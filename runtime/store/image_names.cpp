#include "runtime/store/image_names.h"

#include "plans/base/format.h"

namespace mabplan::runtime {

namespace {

// The numbers that stand in the table.
constexpr std::int64_t kLayoutKind = 0, kRegistryKind = 1;

NamedImage read_image(const Statement& row) {
    NamedImage image{row.text(0), {}, row.integer(4)};
    image.root.media_type = row.text(1);
    image.root.digest = Digest::parse(row.text(2)).value_or(Digest{});
    image.root.size = static_cast<std::uint64_t>(row.integer(3));
    return image;
}

// A name with a digest stands for what has that digest, and for nothing else.
bool may_stand_for(std::string_view name, const Digest& digest) {
    if (name.starts_with("docker.io/library/sha256:")) return false;  // it reads as a digest alone
    const std::size_t at = name.find('@');
    return at == std::string_view::npos || name.substr(at + 1) == digest.text();
}

}  // namespace

Status put_image(Database& database, const NamedImage& image, const std::vector<BlobOrigin>& origins) {
    if (!may_stand_for(image.name, image.root.digest))
        return fail(ErrorKind::Verify, format("{} is no name for {}", image.name, image.root.digest.text()));
    MABPLAN_TRY(insert, database.prepare("INSERT OR REPLACE INTO images VALUES(?1,?2,?3,?4,?5)"));
    insert.bind(1, image.name).bind(2, image.root.media_type).bind(3, image.root.digest.text());
    MABPLAN_CHECK(insert.bind(4, static_cast<std::int64_t>(image.root.size)).bind(5, image.made).run());
    MABPLAN_TRY(origin, database.prepare("INSERT OR REPLACE INTO origins VALUES(?1,?2,?3)"));
    for (const auto& [blob, location] : origins) {
        if (location.kind == ImageLocation::Kind::Store) continue;  // then it is here, or its origin is known already
        const bool is_layout = location.kind == ImageLocation::Kind::Layout;
        MABPLAN_CHECK(origin.bind(1, blob.text()).bind(2, is_layout ? kLayoutKind : kRegistryKind).bind(3, location.address).run());
    }
    return {};
}

Result<std::optional<NamedImage>> find_image(Database& database, std::string_view name) {
    MABPLAN_TRY(query, database.prepare("SELECT name, media_type, digest, size, made FROM images WHERE name=?1"));
    MABPLAN_TRY(found, query.bind(1, name).step());
    if (!found) return std::optional<NamedImage>();
    NamedImage image = read_image(query);
    return may_stand_for(image.name, image.root.digest) ? std::optional(std::move(image)) : std::nullopt;
}

Result<std::vector<NamedImage>> list_named_images(Database& database) {
    MABPLAN_TRY(query, database.prepare("SELECT name, media_type, digest, size, made FROM images ORDER BY name"));
    std::vector<NamedImage> images;
    MABPLAN_CHECK(query.each([&] { images.push_back(read_image(query)); }));
    return images;
}

// In one statement: one that has read waits for no other writer.
Result<bool> forget_image(Database& database, std::string_view name) {
    MABPLAN_TRY(remove, database.prepare("DELETE FROM images WHERE name=?1 RETURNING name"));
    bool known = false;
    MABPLAN_CHECK(remove.bind(1, name).each([&] { known = true; }));
    return known;
}

Result<std::optional<ImageLocation>> find_origin(Database& database, const Digest& blob) {
    MABPLAN_TRY(query, database.prepare("SELECT kind, address FROM origins WHERE digest=?1"));
    MABPLAN_TRY(found, query.bind(1, blob.text()).step());
    if (!found) return std::optional<ImageLocation>();
    ImageLocation location;
    location.kind = query.integer(0) == kLayoutKind ? ImageLocation::Kind::Layout : ImageLocation::Kind::Registry;
    location.address = query.text(1);
    return std::optional(std::move(location));
}

}  // namespace mabplan::runtime
