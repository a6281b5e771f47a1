package org.dmabuf.shell;

import java.util.Locale;
import java.util.Map;
import org.apache.felix.service.command.Descriptor;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Holdings;
import org.dmabuf.memory.Transfer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code holdings}. Thread-safe. */
@Component(
    service = HoldingsCommand.class,
    property = {"osgi.command.scope=dmabuf", "osgi.command.function=holdings"})
public final class HoldingsCommand {
  private final DmaBufRegistry registry;

  /** Looks at the books when it is asked. */
  @Activate
  public HoldingsCommand(@Reference DmaBufRegistry registry) {
    this.registry = registry;
  }

  /** Returns what is held now, and which frame bytes have moved since the start. */
  @Descriptor("what the product holds now, all 0 when all was given back; and bytes moved so far")
  public String holdings() {
    Holdings now = registry.holdings();
    TextTable held =
        new TextTable("HELD NOW", "")
            .row("buffers", now.buffers())
            .row("attachments", now.attachments())
            .row("mappings", now.mappings())
            .row("pending fences", now.fences())
            .row("open files", now.files())
            .row("memory", Units.bytes(now.bytes()));
    TextTable moved = new TextTable("MOVED SO FAR", "");
    Map<Transfer, Long> bytes = registry.meter().snapshot();
    for (Transfer kind : Transfer.values()) {
      moved.row(kind.name().toLowerCase(Locale.ROOT), Units.bytes(bytes.getOrDefault(kind, 0L)));
    }
    return held.text() + "\n\n" + moved.text();
  }
}
