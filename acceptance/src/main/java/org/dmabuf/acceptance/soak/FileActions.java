package org.dmabuf.acceptance.soak;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufIoctl;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.file.FileTable;

/** Descriptors, by number: those that are open and those that are not. */
final class FileActions {
  private static final int MOST = 40;
  private static final long PAGE = 4096;

  private FileActions() {}

  static List<Action> all() {
    return List.of(
        new Action("fd", FileActions::install),
        new Action("fd get", FileActions::get),
        new Action("fd dup", (world, random) -> files(world, random).dup(any(random))),
        new Action("fd close", (world, random) -> files(world, random).close(any(random))),
        new Action("fd close 2", (world, random) -> files(world, random).close(any(random))),
        new Action(
            "fd same", (world, random) -> files(world, random).isSame(any(random), any(random))),
        new Action(
            "fd cloexec", (world, random) -> files(world, random).isCloseOnExec(any(random))),
        new Action(
            "fd poll",
            (world, random) -> files(world, random).poll(any(random), random.nextInt(64))),
        new Action("fd fdinfo", (world, random) -> files(world, random).fdinfo(any(random))),
        new Action("fd lseek", FileActions::seek),
        new Action(
            "fd read", (world, random) -> files(world, random).read(any(random), bytes(random))),
        new Action(
            "fd write", (world, random) -> files(world, random).write(any(random), bytes(random))),
        new Action("fd mmap", FileActions::mmap),
        new Action("fd sync", FileActions::sync),
        new Action("fd name", FileActions::name),
        new Action("fd ioctl", FileActions::ioctl),
        new Action("load", (world, random) -> access(world, random, false)),
        new Action("store", (world, random) -> access(world, random, true)),
        new Action("munmap", FileActions::unmap));
  }

  private static void install(World world, Random random) {
    DmaBuf buffer = world.buffers().look(random);
    if (buffer == null) {
      return;
    }
    DmaBufRegistry client = world.client(random);
    FileTable table = files(world, random);
    makeRoom(table, random);
    DmaBuf own = client.adopt(buffer);
    try {
      client.fd(own, table, random.nextBoolean());
    } catch (RuntimeException refused) {
      own.close();
      throw refused;
    }
  }

  private static void get(World world, Random random) {
    DmaBufRegistry client = world.client(random);
    world.buffers().put(client.get(files(world, random), any(random)), random);
  }

  private static void seek(World world, Random random) {
    files(world, random).lseek(any(random), random.nextInt(3) - 1, random.nextInt(6) - 1);
  }

  private static void mmap(World world, Random random) {
    CpuMapping mapping =
        files(world, random)
            .mmap(
                any(random),
                random.nextLong(-1, 6 * PAGE),
                (random.nextInt(6) - 1) * PAGE / (1 + random.nextInt(2)),
                random.nextInt(4),
                random.nextInt(3));
    world.mappings().put(mapping, random);
  }

  private static void sync(World world, Random random) {
    DmaBufIoctl.sync(files(world, random), any(random), random.nextInt(10) - 1);
  }

  private static void name(World world, Random random) {
    DmaBufIoctl.setName(files(world, random), any(random), "n".repeat(random.nextInt(40)));
  }

  private static void ioctl(World world, Random random) {
    int[] types = {'b', 'Z', '>', 'x'};
    int request =
        random.nextInt(4) << 30
            | random.nextInt(17) << 16
            | types[random.nextInt(types.length)] << 8
            | random.nextInt(8);
    files(world, random).ioctl(any(random), request, bytes(random));
  }

  private static void access(World world, Random random, boolean store) {
    CpuMapping mapping = world.mappings().look(random);
    if (mapping == null) {
      return;
    }
    long offset = random.nextLong(-1, mapping.length() + 2);
    if (store) {
      mapping.store(offset, random.nextInt());
    } else {
      mapping.load(offset);
    }
  }

  private static void unmap(World world, Random random) {
    CpuMapping mapping = world.mappings().take(random);
    if (mapping != null) {
      mapping.close();
    }
  }

  /** Closes descriptors of a table that has many. */
  static void makeRoom(FileTable table, Random random) {
    if (table.size() >= MOST) {
      int first = random.nextInt(MOST);
      table.closeRange(first, first + MOST / 4);
    }
  }

  static FileTable files(World world, Random random) {
    return world.client(random).files();
  }

  /** A number that is open, most of the time. */
  static int any(Random random) {
    return random.nextInt(20) == 0 ? random.nextInt() : random.nextInt(MOST / 2);
  }

  private static MemorySegment bytes(Random random) {
    return MemorySegment.ofArray(new byte[random.nextInt(5) * 8]);
  }
}
