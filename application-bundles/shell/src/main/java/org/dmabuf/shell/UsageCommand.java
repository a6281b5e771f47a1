package org.dmabuf.shell;

import java.util.Map;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.limit.Limit;
import org.dmabuf.limit.UsageTree;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code usage}. Thread-safe. */
@Component(
    service = UsageCommand.class,
    property = {"osgi.command.scope=dmabuf", "osgi.command.function=usage"})
public final class UsageCommand {
  private final DmaBufRegistry registry;

  /** Looks at the books when it is asked. */
  @Activate
  public UsageCommand(@Reference DmaBufRegistry registry) {
    this.registry = registry;
  }

  /**
   * Returns who has how much.
   *
   * @param json whether as JSON, with all numbers exact, and not as a table
   */
  @Descriptor("who has how much of what is limited: the product, its bundles, their buffers")
  public String usage(
      @Descriptor("as JSON")
          @Parameter(
              names = {"-j", "--json"},
              presentValue = "true",
              absentValue = "false")
          boolean json) {
    UsageTree tree = registry.usage();
    return json ? UsageJson.text(tree) : table(tree);
  }

  private static String table(UsageTree tree) {
    TextTable table = new TextTable("WHO", "BYTES", "BUFFERS", "FILES", "FENCES", "PINNED");
    row(table, "product", tree.levels());
    for (UsageTree.Bundle bundle : tree.bundles()) {
      row(table, "  " + bundle.name(), bundle.levels());
      bundle.buffers().forEach(buffer -> detail(table, buffer));
    }
    if (!tree.adopted().isEmpty()) {
      table.detail("of bundles that have gone:");
      tree.adopted().forEach(buffer -> detail(table, buffer));
    }
    return table.text();
  }

  private static void row(TextTable table, String who, Map<Limit, UsageTree.Level> levels) {
    table.row(
        who,
        bytes(levels.get(Limit.BYTES)),
        count(levels.get(Limit.BUFFERS)),
        count(levels.get(Limit.FILES)),
        count(levels.get(Limit.FENCES)),
        bytes(levels.get(Limit.PINNED)));
  }

  private static void detail(TextTable table, UsageTree.Buffer buffer) {
    table.detail(
        "dma-buf %d of %s%s, %s, %s, %s, held by %s"
            .formatted(
                buffer.inode(),
                buffer.exporterName(),
                buffer.name().map(name -> " '" + name + "'").orElse(""),
                Units.bytes(buffer.size()),
                buffer.state(),
                Units.count(buffer.references(), "reference"),
                buffer.holders().isEmpty() ? "nobody" : String.join(", ", buffer.holders())));
  }

  private static String bytes(UsageTree.Level level) {
    String used = Units.bytes(level.used());
    return level.most() == 0 ? used : used + " of " + Units.bytes(level.most());
  }

  private static String count(UsageTree.Level level) {
    return level.most() == 0 ? "" + level.used() : level.used() + " of " + level.most();
  }
}
