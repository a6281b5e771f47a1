package org.dmabuf.shell;

import java.util.List;
import java.util.Locale;
import org.dmabuf.BufferInfo;

/**
 * The text of the kernel's {@code /sys/kernel/debug/dma_buf/bufinfo}, character by character, so
 * that tools and eyes that know it need not learn another.
 */
final class Bufinfo {
  /** Stands between the device and the client that attached it. */
  static final String BY = " by ";

  private Bufinfo() {}

  static String text(List<BufferInfo> buffers) {
    StringBuilder text = new StringBuilder();
    text.append("\nDma-buf Objects:\n");
    text.append(
        "%-8s\t%-8s\t%-8s\t%-8s\texp_name\t%-8s\tname\n"
            .formatted("size", "flags", "mode", "count", "ino"));
    // The kernel puts each new buffer in front.
    buffers.reversed().forEach(buffer -> append(text, buffer));
    text.append(
        "\nTotal %d objects, %d bytes\n"
            .formatted(buffers.size(), buffers.stream().mapToLong(BufferInfo::size).sum()));
    return text.toString();
  }

  private static void append(StringBuilder text, BufferInfo buffer) {
    text.append(
        "%08d\t%08x\t%08x\t%08d\t%s\t%08d\t%s\n"
            .formatted(
                buffer.size(),
                buffer.fileFlags(),
                buffer.fileMode(),
                buffer.references(),
                buffer.exporterName(),
                buffer.inode(),
                buffer.name().orElse("<none>")));
    buffer.fences().forEach(fence -> text.append('\t').append(fence(fence)).append('\n'));
    text.append("\tAttached Devices:\n");
    buffer
        .attachments()
        .forEach(attachment -> text.append('\t').append(device(attachment)).append('\n'));
    text.append("Total %d devices attached\n\n".formatted(buffer.attachments().size()));
  }

  /** Returns "write fence:vivid capture0 seq 7 unsignalled" for "WRITE vivid capture0 ...". */
  static String fence(String entry) {
    String[] parts = entry.split(" ", 2);
    return parts[0].toLowerCase(Locale.ROOT) + " fence:" + parts[1];
  }

  private static String device(String attachment) {
    int by = attachment.indexOf(BY);
    return by < 0 ? attachment : attachment.substring(0, by);
  }
}
