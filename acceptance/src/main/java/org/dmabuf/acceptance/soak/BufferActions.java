package org.dmabuf.acceptance.soak;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDirection;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.memory.BackingStore;

/** Buffers and handles of them. */
final class BufferActions {
  private static final long PAGE = 4096;

  private BufferActions() {}

  static List<Action> all() {
    return List.of(
        new Action("export", BufferActions::export),
        new Action("export and leave", BufferActions::exportOfOneThatLeaves),
        new Action("get", (world, random) -> with(world, random, DmaBuf::get)),
        new Action("put", (world, random) -> with(world, random, DmaBuf::close)),
        new Action("adopt", BufferActions::adopt),
        new Action("name", BufferActions::name),
        new Action("cpu access", BufferActions::cpuAccess),
        new Action("mmap", BufferActions::mmap),
        new Action("vmap", BufferActions::vmap),
        new Action("move notify", BufferActions::moveNotify),
        new Action("look", BufferActions::look),
        new Action("client ends", BufferActions::clientEnds));
  }

  private static void export(World world, Random random) {
    DmaBufRegistry exporter = world.exporter();
    BackingStore store = exporter.allocate(size(random), exporter.files().account());
    SoakBuffer ops =
        random.nextBoolean()
            ? new SoakBuffer(store, world.books())
            : new SoakBuffer.Pinned(store, world.books());
    ExportInfo info = ExportInfo.of("soak", store.size(), ops, ExportPolicy.REVOKE);
    if (!(ops instanceof SoakBuffer.Pinned) && random.nextBoolean()) {
      info = info.withCachedMappings();
    }
    if (random.nextInt(4) == 0) {
      info = info.withReservation(exporter.reservation());
    }
    world.buffers().put(exporter.export(info), random);
  }

  /** Its books are nobody's: an exporter that has gone is not told any more. */
  private static void exportOfOneThatLeaves(World world, Random random) {
    DmaBufRegistry exporter = world.client(random);
    BackingStore store = exporter.allocate(size(random), exporter.files().account());
    SoakBuffer ops = new SoakBuffer.Adopted(store, new Books());
    ExportPolicy[] policies = ExportPolicy.values();
    ExportPolicy policy = policies[random.nextInt(policies.length)];
    world.buffers().put(exporter.export(ExportInfo.of("soak", store.size(), ops, policy)), random);
  }

  private static void adopt(World world, Random random) {
    with(world, random, buffer -> world.buffers().put(world.client(random).adopt(buffer), random));
  }

  private static void name(World world, Random random) {
    with(world, random, buffer -> buffer.setName("n".repeat(random.nextInt(40))));
  }

  private static void cpuAccess(World world, Random random) {
    DmaDirection direction = direction(random);
    with(
        world,
        random,
        buffer -> {
          if (random.nextInt(4) != 0) {
            buffer.beginCpuAccess(direction);
          }
          buffer.endCpuAccess(direction);
        });
  }

  private static void mmap(World world, Random random) {
    with(
        world,
        random,
        buffer ->
            world
                .mappings()
                .put(
                    buffer.mmap(
                        (random.nextInt(6) - 1) * PAGE / (1 + random.nextInt(2)),
                        random.nextLong(-1, 6 * PAGE),
                        random.nextBoolean()),
                    random));
  }

  private static void vmap(World world, Random random) {
    with(
        world,
        random,
        buffer -> {
          if (random.nextInt(8) == 0) {
            // Without the lock, which is refused.
            buffer.vmap();
          }
          buffer.resv().lockInterruptibly();
          try {
            MemorySegment mapped = buffer.vmap();
            if (random.nextInt(20) != 0) {
              buffer.vunmap(mapped);
            } else {
              buffer.vunmap(MemorySegment.NULL);
            }
          } finally {
            buffer.resv().unlock();
          }
        });
  }

  private static void moveNotify(World world, Random random) {
    with(
        world,
        random,
        buffer -> {
          if (random.nextInt(8) == 0) {
            buffer.moveNotify();
            return;
          }
          buffer.resv().lockInterruptibly();
          try {
            buffer.moveNotify();
          } finally {
            buffer.resv().unlock();
          }
        });
  }

  private static void look(World world, Random random) {
    if (random.nextInt(10) == 0) {
      world.client(random).buffers();
      world.client(random).holdings();
    }
  }

  private static void clientEnds(World world, Random random) {
    if (random.nextInt(200) == 0) {
      world.replaceClient(random);
    }
  }

  /** What is done with a buffer. */
  @FunctionalInterface
  private interface Use {
    void of(DmaBuf buffer);
  }

  /** Uses a buffer; now and then one that nobody finds any more, and that is given back then. */
  private static void with(World world, Random random, Use use) {
    if (random.nextInt(8) != 0) {
      DmaBuf buffer = world.buffers().look(random);
      if (buffer != null) {
        use.of(buffer);
      }
      return;
    }
    DmaBuf buffer = world.buffers().take(random);
    if (buffer != null) {
      try {
        use.of(buffer);
      } finally {
        world.giveBack(buffer);
      }
    }
  }

  static DmaDirection direction(Random random) {
    DmaDirection[] directions = DmaDirection.values();
    return directions[random.nextInt(directions.length)];
  }

  private static long size(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> -1;
      case 2 -> 1;
      case 3 -> 5 * PAGE + 1;
      default -> (1 + random.nextInt(16)) * PAGE;
    };
  }
}
