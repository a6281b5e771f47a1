package org.dmabuf.shell;

import org.apache.felix.service.command.Descriptor;
import org.dmabuf.BufferStatistics;
import org.dmabuf.DmaBufRegistry;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code bufstats}. Thread-safe. */
@Component(
    service = BufstatsCommand.class,
    property = {"osgi.command.scope=dmabuf", "osgi.command.function=bufstats"})
public final class BufstatsCommand {
  private final DmaBufRegistry registry;

  /** Goes through the buffers when it is asked. */
  @Activate
  public BufstatsCommand(@Reference DmaBufRegistry registry) {
    this.registry = registry;
  }

  /** Returns a line for each buffer: its number, size in bytes, name and exporter. */
  @Descriptor("number, size in bytes, name and exporter of each buffer, as the kernel's iterator")
  public String bufstats() {
    TextTable table = new TextTable("INODE", "SIZE", "NAME", "EXPORTER");
    for (BufferStatistics one : registry.statistics()) {
      table.row(one.inode(), one.size(), one.name().orElse("-"), one.exporterName());
    }
    return table.textOr("There are no buffers.");
  }
}
