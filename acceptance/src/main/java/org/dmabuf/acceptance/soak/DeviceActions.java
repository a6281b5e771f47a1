package org.dmabuf.acceptance.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.sg.SgTable;

/** Devices that attach and map. */
final class DeviceActions {
  private DeviceActions() {}

  static List<Action> all() {
    return List.of(
        new Action("attach", DeviceActions::attach),
        new Action("detach", DeviceActions::detach),
        new Action("map", DeviceActions::map),
        new Action("map locked", DeviceActions::mapLocked),
        new Action("unmap", DeviceActions::unmap),
        new Action("unmap elsewhere", DeviceActions::unmapElsewhere),
        new Action("pin", DeviceActions::pin));
  }

  private static void attach(World world, Random random) {
    DmaBuf buffer = world.buffers().look(random);
    if (buffer == null) {
      return;
    }
    DmaDevice device = DmaDevice.named("device " + random.nextInt(8));
    Attachment attachment =
        random.nextBoolean()
            ? buffer.attach(device)
            : buffer.attach(device, moved -> moved.device().name());
    world.attachments().put(attachment, random);
  }

  private static void detach(World world, Random random) {
    Attachment attachment =
        random.nextInt(10) == 0
            ? world.attachments().look(random)
            : world.attachments().take(random);
    if (attachment != null) {
      attachment.detach();
    }
  }

  private static void map(World world, Random random) {
    Attachment attachment = world.attachments().look(random);
    if (attachment != null) {
      SgTable table = attachment.mapUnlocked(BufferActions.direction(random));
      world.tables().put(new Mapped(attachment, table), random);
    }
  }

  private static void mapLocked(World world, Random random) {
    Attachment attachment = world.attachments().look(random);
    if (attachment == null) {
      return;
    }
    List<SgTable> mapped = new ArrayList<>();
    if (random.nextInt(8) == 0) {
      // Without the lock, which is refused.
      attachment.map(DmaDirection.BIDIRECTIONAL);
    }
    attachment.resv().lockInterruptibly();
    try {
      for (int i = random.nextInt(3); i >= 0; i--) {
        mapped.add(attachment.map(BufferActions.direction(random)));
      }
    } finally {
      // Another caller may detach meanwhile only without the lock.
      mapped.forEach(attachment::unmap);
      attachment.resv().unlock();
    }
  }

  private static void unmap(World world, Random random) {
    Mapped mapped = world.tables().take(random);
    if (mapped != null) {
      mapped.unmap();
      if (random.nextInt(20) == 0) {
        mapped.unmap();
      }
    }
  }

  private static void unmapElsewhere(World world, Random random) {
    Mapped mapped = world.tables().look(random);
    Attachment other = world.attachments().look(random);
    if (mapped != null && other != null && other != mapped.attachment()) {
      other.unmapUnlocked(mapped.table());
    }
  }

  private static void pin(World world, Random random) {
    Attachment attachment = world.attachments().look(random);
    if (attachment == null) {
      return;
    }
    attachment.resv().lockInterruptibly();
    try {
      attachment.pin();
      if (random.nextInt(20) == 0) {
        attachment.unpin();
      }
      attachment.unpin();
    } finally {
      attachment.resv().unlock();
    }
  }
}
