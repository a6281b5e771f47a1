package org.dmabuf.acceptance.soak;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.dmabuf.DmaBufIoctl;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.PollFd;
import org.dmabuf.sync.SwSyncIoctl;
import org.dmabuf.sync.SyncIoctl;

/** Software timelines and sync files, and waits for what they make pending. */
final class SyncActions {
  private static final int FAR = 4;

  private SyncActions() {}

  static List<Action> all() {
    return List.of(
        new Action("timeline", SyncActions::timeline),
        new Action("timeline fence", SyncActions::fence),
        new Action("timeline inc", SyncActions::increment),
        new Action("timeline inc 2", SyncActions::increment),
        new Action("sync merge", SyncActions::merge),
        new Action("sync info", SyncActions::info),
        new Action("sync export", SyncActions::exportSyncFile),
        new Action("sync import", SyncActions::importSyncFile),
        new Action("poll and wait", SyncActions::poll));
  }

  private static void timeline(World world, Random random) {
    DmaBufRegistry client = world.client(random);
    FileActions.makeRoom(client.files(), random);
    SwSyncIoctl.open(client, client.files(), "soak", 0);
  }

  private static void fence(World world, Random random) {
    FileTable files = FileActions.files(world, random);
    FileActions.makeRoom(files, random);
    SwSyncIoctl.createFence(files, FileActions.any(random), random.nextInt(FAR * FAR));
  }

  private static void increment(World world, Random random) {
    int by = random.nextInt(20) == 0 ? random.nextInt() : random.nextInt(FAR);
    SwSyncIoctl.increment(FileActions.files(world, random), FileActions.any(random), by);
  }

  private static void merge(World world, Random random) {
    FileTable files = FileActions.files(world, random);
    FileActions.makeRoom(files, random);
    SyncIoctl.merge(files, FileActions.any(random), FileActions.any(random));
  }

  private static void info(World world, Random random) {
    SyncIoctl.fileInfo(FileActions.files(world, random), FileActions.any(random));
  }

  private static void exportSyncFile(World world, Random random) {
    FileTable files = FileActions.files(world, random);
    FileActions.makeRoom(files, random);
    DmaBufIoctl.exportSyncFile(files, FileActions.any(random), random.nextInt(5));
  }

  private static void importSyncFile(World world, Random random) {
    DmaBufIoctl.importSyncFile(
        FileActions.files(world, random),
        FileActions.any(random),
        random.nextInt(5),
        FileActions.any(random));
  }

  private static void poll(World world, Random random) {
    List<PollFd> asked =
        List.of(
            new PollFd(FileActions.any(random), random.nextInt(64)),
            new PollFd(FileActions.any(random), random.nextInt(64)));
    FileActions.files(world, random).poll(asked, Duration.ofNanos(random.nextLong(2_000_000)));
  }
}
