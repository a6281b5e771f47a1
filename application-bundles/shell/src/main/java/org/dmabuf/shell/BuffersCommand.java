package org.dmabuf.shell;

import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.dmabuf.BufferInfo;
import org.dmabuf.DmaBufRegistry;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code buffers}. Thread-safe. */
@Component(
    service = BuffersCommand.class,
    property = {"osgi.command.scope=dmabuf", "osgi.command.function=buffers"})
public final class BuffersCommand {
  private final DmaBufRegistry registry;

  /** Looks at the product's buffers when it is asked. */
  @Activate
  public BuffersCommand(@Reference DmaBufRegistry registry) {
    this.registry = registry;
  }

  /**
   * Returns all live buffers.
   *
   * @param owners whether to tell who owns and who holds them, and not what the kernel tells
   */
  @Descriptor("all live buffers with their attachments and fences, as the kernel's bufinfo does")
  public String buffers(
      @Descriptor("who owns and who holds each buffer, in a table")
          @Parameter(
              names = {"-o", "--owners"},
              presentValue = "true",
              absentValue = "false")
          boolean owners) {
    List<BufferInfo> buffers = registry.buffers();
    return owners ? owners(buffers) : Bufinfo.text(buffers);
  }

  private static String owners(List<BufferInfo> buffers) {
    if (buffers.isEmpty()) {
      return "There are no buffers.";
    }
    TextTable table =
        new TextTable("INO", "SIZE", "EXPORTER", "NAME", "STATE", "OWNER", "REFS", "MAPPED");
    for (BufferInfo buffer : buffers) {
      table.row(
          buffer.inode(),
          Units.bytes(buffer.size()),
          buffer.exporterName(),
          buffer.name().orElse("-"),
          buffer.state(),
          buffer.owner(),
          buffer.references(),
          buffer.mappings());
      buffer.holders().forEach(holder -> table.detail("held by      " + holder));
      buffer.attachments().forEach(device -> table.detail("attached to  " + device));
      buffer.fences().forEach(fence -> table.detail(Bufinfo.fence(fence)));
    }
    return table.text();
  }
}
