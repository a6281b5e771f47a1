package org.dmabuf.acceptance.soak;

import java.util.List;
import java.util.Random;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.FileTable;
import org.dmabuf.heap.DmaHeap;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.MemoryAccount;

/** Heaps, memory files, and descriptors that are sent to others. */
final class HeapActions {
  private static final long PAGE = 4096;

  private HeapActions() {}

  static List<Action> all() {
    return List.of(
        new Action("heap", HeapActions::allocate),
        new Action("memfd", HeapActions::memfd),
        new Action("truncate", HeapActions::truncate),
        new Action("add seals", HeapActions::seal),
        new Action("send", HeapActions::send),
        new Action("receive", HeapActions::receive));
  }

  private static void allocate(World world, Random random) {
    FileTable files = FileActions.files(world, random);
    FileActions.makeRoom(files, random);
    DmaHeap heap =
        new DmaHeap(
            "soak",
            world.exporter(),
            (length, fileFlags, account) -> export(world, length, fileFlags, account));
    int flags = random.nextInt(4) | (random.nextBoolean() ? DmaHeap.O_CLOEXEC : 0);
    heap.allocate(
        files,
        random.nextLong(-1, 16 * PAGE),
        random.nextInt(20) == 0 ? random.nextInt() : flags,
        random.nextInt(20) == 0 ? 1 : 0);
  }

  private static DmaBuf export(World world, long length, int fileFlags, MemoryAccount account) {
    DmaBufRegistry exporter = world.exporter();
    BackingStore store = exporter.allocate(length, account);
    return exporter.export(
        ExportInfo.of("soak", length, new SoakBuffer(store, world.books()), ExportPolicy.REVOKE)
            .withFileFlags(fileFlags));
  }

  private static void memfd(World world, Random random) {
    DmaBufRegistry client = world.client(random);
    FileActions.makeRoom(client.files(), random);
    client.memfd(
        client.files(),
        "soak",
        random.nextLong(-1, 8 * PAGE),
        random.nextInt(4) == 0 ? random.nextInt(40) : 0,
        random.nextBoolean());
  }

  private static void truncate(World world, Random random) {
    FileActions.files(world, random)
        .contents()
        .truncate(FileActions.any(random), random.nextLong(-1, 8 * PAGE));
  }

  private static void seal(World world, Random random) {
    FileActions.files(world, random)
        .control()
        .addSeals(FileActions.any(random), random.nextInt(40));
  }

  private static void send(World world, Random random) {
    FileActions.files(world, random)
        .passing()
        .send(FileActions.files(world, random), FileActions.any(random));
  }

  private static void receive(World world, Random random) {
    FileTable files = FileActions.files(world, random);
    FileActions.makeRoom(files, random);
    files.passing().receive(random.nextBoolean());
  }
}
