package org.dmabuf.shell;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.dmabuf.limit.Limit;
import org.dmabuf.limit.UsageTree;

/**
 * A tree of usage as JSON, on one line.
 *
 * <pre>
 *   {"at":n,"levels":{"bytes":{"used":n,"most":n},...},
 *    "bundles":[{"name":s,"levels":{...},"buffers":[{"inode":n,...}]}],"adopted":[...]}
 * </pre>
 */
final class UsageJson {
  private UsageJson() {}

  static String text(UsageTree tree) {
    return "{\"at\":%d,\"levels\":%s,\"bundles\":%s,\"adopted\":%s}"
        .formatted(
            tree.atNanos(),
            levels(tree.levels()),
            list(tree.bundles(), UsageJson::bundle),
            list(tree.adopted(), UsageJson::buffer));
  }

  private static String bundle(UsageTree.Bundle bundle) {
    return "{\"name\":%s,\"levels\":%s,\"buffers\":%s}"
        .formatted(
            quoted(bundle.name()),
            levels(bundle.levels()),
            list(bundle.buffers(), UsageJson::buffer));
  }

  private static String buffer(UsageTree.Buffer buffer) {
    return ("{\"inode\":%d,\"size\":%d,\"exporter\":%s,\"name\":%s,\"state\":%s,\"references\":%d,"
            + "\"holders\":%s}")
        .formatted(
            buffer.inode(),
            buffer.size(),
            quoted(buffer.exporterName()),
            buffer.name().map(UsageJson::quoted).orElse("null"),
            quoted(buffer.state()),
            buffer.references(),
            list(buffer.holders(), UsageJson::quoted));
  }

  private static String levels(Map<Limit, UsageTree.Level> levels) {
    return levels.entrySet().stream()
        .map(
            level ->
                "%s:{\"used\":%d,\"most\":%d}"
                    .formatted(
                        quoted(level.getKey().name().toLowerCase(Locale.ROOT)),
                        level.getValue().used(),
                        level.getValue().most()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static <T> String list(List<T> all, Function<T, String> text) {
    return all.stream().map(text).collect(Collectors.joining(",", "[", "]"));
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
