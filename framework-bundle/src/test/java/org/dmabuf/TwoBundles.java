package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.file.Monitors;
import org.dmabuf.seam.Interleavings;
import org.dmabuf.seam.Seam;
import org.dmabuf.seam.Tasks;
import org.dmabuf.sg.SgTable;

/**
 * Two bundles, what they have of each other, and what two threads do with it.
 *
 * <p>What must hold in the end: a buffer was released once, by its driver unless that had gone
 * before, and never after that; nothing is left.
 */
final class TwoBundles implements Interleavings.Scenario {
  static final Duration FOR_EVER = Duration.ofDays(40_000);

  /** An exporter that counts; it has no memory, which nobody asks for. */
  final class Exporter implements DmaBufOps {
    private int releases;

    @Override
    public void attach(Attachment attachment) {
      wrong(gone, "A driver was called that has gone");
      Seam.step();
      wrong(gone, "A driver has gone while it was called");
    }

    @Override
    public SgTable map(Attachment attachment, DmaDirection direction) {
      throw new DmaBufException(Errno.ENOMEM, "It has none");
    }

    @Override
    public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
      throw new AssertionError("Nothing was mapped");
    }

    @Override
    public void release() {
      wrong(gone, "A driver was called that has gone");
      releases++;
    }
  }

  // One for all schedules, as making a framework takes longer than all else. Nobody turns the
  // clock.
  private static final ManualClock CLOCK = new ManualClock();
  private static final DmaBufCore CORE = DmaBufCore.create(CLOCK, 1 << 20, Duration.ofSeconds(5));

  /** What the clock shows, always. */
  static final long BEGIN = CLOCK.nanos();

  final ManualClock clock = CLOCK;
  final DmaBufCore core = CORE;
  final DmaBufRegistry bundle = core.open("bundle");
  final DmaBufRegistry other = core.open("other");
  final Exporter exporter = new Exporter();
  final List<String> wrong = new ArrayList<>();
  private final List<Runnable> ends = new ArrayList<>();
  private List<Tasks.Body> tasks;
  private boolean gone;
  private boolean exported;

  /** Exports a buffer of the first bundle. */
  DmaBuf export(ExportPolicy policy) {
    exported = true;
    return bundle.export(ExportInfo.of("exporter", 4096, exporter, policy));
  }

  /** The first bundle stops; afterwards nothing of it may be called. */
  void stop() {
    core.leave(bundle);
    core.close(bundle);
    gone = true;
  }

  boolean isGone() {
    return gone;
  }

  void wrong(boolean is, String what) {
    if (is) {
      wrong.add(what);
    }
  }

  /** Runs a call that may come too late, and says so by one of these errors. */
  static boolean inTime(Runnable call, Errno... late) {
    try {
      call.run();
      return true;
    } catch (DmaBufException refused) {
      assertThat(late).as(refused.getMessage()).contains(refused.errno());
      return false;
    }
  }

  TwoBundles ends(Runnable check) {
    ends.add(check);
    return this;
  }

  TwoBundles does(Tasks.Body first, Tasks.Body second) {
    tasks = List.of(first, second);
    return this;
  }

  /** Against the stop of the first bundle. */
  TwoBundles againstStop(Tasks.Body first) {
    return does(first, this::stop);
  }

  @Override
  public List<Tasks.Body> tasks() {
    return tasks;
  }

  @Override
  public List<Object> monitors() {
    List<Object> all = new ArrayList<>();
    for (DmaBufRegistry registry : List.of(bundle, other)) {
      all.add(Monitors.of(registry.files()));
      all.addAll(((Client) registry).books().contexts()); // a timeline is its own monitor
    }
    return all;
  }

  @Override
  public void check() {
    boolean stopped = gone;
    ends.forEach(Runnable::run);
    core.close(other);
    core.close(bundle);
    assertThat(wrong).isEmpty();
    assertThat(core.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
    if (exported) {
      assertThat(exporter.releases).isBetween(stopped ? 0 : 1, 1);
    }
    LogRecorder.clear();
  }
}
