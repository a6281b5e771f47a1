package org.dmabuf.shell;

import java.util.Locale;
import java.util.OptionalLong;
import org.apache.felix.service.command.Descriptor;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFlags;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The commands {@code files}, {@code attachments}, {@code mappings} and {@code fences}: a line for
 * each thing that is held, and where it was taken when that is known. Thread-safe.
 */
@Component(
    service = HeldCommands.class,
    property = {
      "osgi.command.scope=dmabuf",
      "osgi.command.function=files",
      "osgi.command.function=attachments",
      "osgi.command.function=mappings",
      "osgi.command.function=fences"
    })
public final class HeldCommands {
  private final DmaBufRegistry registry;

  /** Looks at what is held when it is asked. */
  @Activate
  public HeldCommands(@Reference DmaBufRegistry registry) {
    this.registry = registry;
  }

  /** Returns all descriptors of all tables. */
  @Descriptor("all open descriptors: whose, what they name, their flags")
  public String files() {
    TextTable table = new TextTable("TABLE", "FD", "MODE", "CLOEXEC", "INO", "AGE", "PATH");
    for (Snapshot.File file : registry.snapshot().files()) {
      table.row(
          file.table(),
          file.fd(),
          mode(file.flags()),
          file.closeOnExec() ? "yes" : "no",
          file.inode(),
          age(file.taken().ageNanos()),
          file.path());
      place(table, file.taken());
    }
    return table.textOr("No file is open.");
  }

  /** Returns all attachments of all buffers. */
  @Descriptor("which device is attached to which buffer, by whom, and whether it keeps it in place")
  public String attachments() {
    TextTable table =
        new TextTable("INO", "DEVICE", "CLIENT", "IMPORTER", "PINS", "PEER", "MAPPED", "AGE");
    for (Snapshot.Buffer buffer : registry.snapshot().buffers()) {
      for (Snapshot.Attached attached : buffer.attachments()) {
        table.row(
            buffer.statistics().inode(),
            attached.device(),
            attached.client(),
            attached.dynamic() ? "dynamic" : "static",
            attached.pins(),
            attached.peerToPeer() ? "yes" : "no",
            attached.mappings().size(),
            age(attached.taken().ageNanos()));
        place(table, attached.taken());
      }
    }
    return table.textOr("No device is attached.");
  }

  /** Returns all mappings by devices and by CPUs. */
  @Descriptor("what devices and CPUs have mapped")
  public String mappings() {
    TextTable table = new TextTable("WHO", "CLIENT", "WHAT", "SIZE", "ACCESS", "KEPT", "AGE");
    Snapshot now = registry.snapshot();
    for (Snapshot.Buffer buffer : now.buffers()) {
      for (Snapshot.Attached attached : buffer.attachments()) {
        attached.mappings().forEach(mapping -> add(table, buffer, attached, mapping));
      }
      for (Snapshot.Handle handle : buffer.handles()) {
        if (handle.vmaps() > 0) {
          table.row(
              "vmap",
              handle.client(),
              what(buffer),
              Units.bytes(buffer.statistics().size()),
              Units.count(handle.vmaps(), "user"),
              "no",
              "-");
        }
      }
    }
    for (Snapshot.CpuMap mapping : now.cpuMappings()) {
      table.row(
          "CPU",
          mapping.owner(),
          mapping.what(),
          Units.bytes(mapping.length()),
          protection(mapping.protection()),
          "no",
          age(mapping.taken().ageNanos()));
      place(table, mapping.taken());
    }
    return table.textOr("Nothing is mapped.");
  }

  /** Returns all fences that somebody may wait for. */
  @Descriptor("the fences of all buffers that have not completed: who is to complete them")
  public String fences() {
    TextTable table =
        new TextTable("INO", "USAGE", "DRIVER", "TIMELINE", "CONTEXT", "SEQNO", "AGE");
    for (Snapshot.Buffer buffer : registry.snapshot().buffers()) {
      for (Snapshot.Fence fence : buffer.fences()) {
        table.row(
            buffer.statistics().inode(),
            fence.usage().name().toLowerCase(Locale.ROOT),
            fence.driver(),
            fence.timeline(),
            fence.context(),
            fence.seqno(),
            age(fence.ageNanos()));
      }
    }
    return table.textOr("No fence is waited for.");
  }

  private static void add(
      TextTable table, Snapshot.Buffer buffer, Snapshot.Attached by, Snapshot.Mapping mapping) {
    table.row(
        by.device(),
        by.client(),
        what(buffer),
        Units.bytes(mapping.bytes()) + " in " + Units.count(mapping.runs(), "run"),
        mapping.direction(),
        mapping.kept() ? "yes" : "no",
        age(mapping.taken().ageNanos()));
    place(table, mapping.taken());
  }

  private static String what(Snapshot.Buffer buffer) {
    return "dma-buf " + buffer.statistics().inode() + " of " + buffer.statistics().exporterName();
  }

  private static void place(TextTable table, Snapshot.Taken taken) {
    taken.place().ifPresent(place -> table.detail("taken at " + place));
  }

  private static String age(OptionalLong nanos) {
    return nanos.isEmpty() ? "-" : Units.nanos(nanos.getAsLong());
  }

  private static String mode(int flags) {
    return switch (flags & OpenFlags.O_ACCMODE) {
      case OpenFlags.O_RDONLY -> "r";
      case OpenFlags.O_WRONLY -> "w";
      case OpenFlags.O_RDWR -> "rw";
      default -> "none";
    };
  }

  private static String protection(int flags) {
    return ((flags & MmapFlags.PROT_READ) != 0 ? "r" : "-")
        + ((flags & MmapFlags.PROT_WRITE) != 0 ? "w" : "-")
        + ((flags & MmapFlags.PROT_EXEC) != 0 ? "x" : "-");
  }
}
