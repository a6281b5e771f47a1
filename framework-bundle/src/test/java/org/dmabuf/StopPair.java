package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceArray;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContextInfo;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.dmabuf.seam.Interleavings;
import org.dmabuf.sync.SyncObj;
import org.dmabuf.sync.SyncTimeline;

/**
 * The stop of a bundle against everything. What must hold: nobody waits for ever; its fences
 * complete and tell once; once the stop is over nothing of the bundle is called; nothing is left.
 */
public enum StopPair implements Interleavings.Maker {
  /** Its producer completes a fence. */
  SIGNAL(
      all -> {
        FenceContext context = context(all);
        DmaFence fence = context.create();
        List<DmaFence> told = new ArrayList<>();
        fence.addCallback(all.other.callback(told::add));
        return all.ends(() -> assertThat(told).containsExactly(fence))
            .againstStop(() -> context.signal(fence));
      }),
  /** Another bundle is to be told of its fence. */
  ADD_CALLBACK(
      all -> {
        DmaFence fence = context(all).create();
        List<DmaFence> told = new ArrayList<>();
        FenceCallback callback = all.other.callback(told::add);
        boolean[] taken = {false};
        return all.ends(() -> assertThat(told).hasSize(taken[0] ? 1 : 0))
            .againstStop(() -> taken[0] = fence.addCallback(callback));
      }),
  /** It is told of another bundle's fence. */
  CALLED_BACK(
      all -> {
        FenceContext context = all.other.fenceContext(FenceContextInfo.of("driver", "line"));
        DmaFence fence = context.create();
        fence.addCallback(
            all.bundle.callback(done -> all.wrong(all.isGone(), "Called after the stop")));
        return all.againstStop(() -> context.signal(fence));
      }),
  /** It asks to be told. */
  MAKE_CALLBACK(
      all -> {
        FenceContext context = all.other.fenceContext(FenceContextInfo.of("driver", "line"));
        DmaFence fence = context.create();
        return all.ends(() -> context.signal(fence))
            .againstStop(
                () ->
                    TwoBundles.inTime(
                        () ->
                            fence.addCallback(
                                all.bundle.callback(
                                    done -> all.wrong(all.isGone(), "Called after the stop"))),
                        Errno.ENODEV));
      }),
  /** It opens a context and makes a fence. */
  OPEN_CONTEXT(
      all -> {
        List<DmaFence> made = new ArrayList<>();
        return all.ends(() -> assertThat(made).allMatch(DmaFence::isSignaled))
            .againstStop(
                () ->
                    TwoBundles.inTime(
                        () -> made.add(context(all).create()), Errno.ENODEV, Errno.ECANCELED));
      }),
  /** It makes a fence. */
  CREATE_FENCE(
      all -> {
        FenceContext context = context(all);
        List<DmaFence> made = new ArrayList<>();
        return all.ends(() -> assertThat(made).allMatch(DmaFence::isSignaled))
            .againstStop(
                () -> TwoBundles.inTime(() -> made.add(context.create()), Errno.ECANCELED));
      }),
  /** Another bundle waits for its fence. */
  WAIT(
      all -> {
        DmaFence fence = context(all).create();
        return all.againstStop(fence::await);
      }),
  /** ... for its fence in an array. */
  WAIT_FOR_ARRAY(
      all -> {
        FenceContext mine = all.other.fenceContext(FenceContextInfo.of("driver", "other"));
        DmaFence done = mine.create();
        DmaFence both = FenceArray.of(List.of(done, context(all).create()), FenceArray.Mode.ALL);
        return all.againstStop(
            () -> {
              mine.signal(done);
              both.await();
            });
      }),
  /** ... for a reservation that has it. */
  WAIT_FOR_RESERVATION(
      all -> {
        DmaResv resv = all.other.reservation();
        resv.lock();
        resv.reserveFences(1);
        resv.addFence(context(all).create(), Usage.WRITE);
        resv.unlock();
        return all.againstStop(
            () -> assertThat(resv.await(Usage.READ, TwoBundles.FOR_EVER)).isTrue());
      }),
  /** ... for a sync object that gets it. */
  WAIT_FOR_SYNC_OBJECT(
      all -> {
        SyncObj object = all.other.syncObj();
        object.replace(context(all).create());
        return all.againstStop(() -> assertThat(object.await(0, TwoBundles.FOR_EVER)).isTrue());
      }),
  /** ... for a point of its timeline. */
  WAIT_FOR_TIMELINE(
      all -> {
        SyncTimeline timeline = all.bundle.timeline("line");
        DmaFence point = timeline.fence(1);
        return all.againstStop(point::await);
      }),
  /** It moves its timeline on. */
  INCREMENT(
      all -> {
        SyncTimeline timeline = all.bundle.timeline("line");
        DmaFence point = timeline.fence(1);
        return all.ends(() -> assertThat(point.isSignaled()).isTrue())
            .againstStop(() -> timeline.increment(1));
      }),
  /** It exports a buffer. */
  EXPORT(
      all ->
          all.againstStop(
              () ->
                  TwoBundles.inTime(
                      () -> all.export(ExportPolicy.REVOKE), Errno.ENOENT, Errno.ENODEV))),
  /** It closes its handle. */
  CLOSE_HANDLE(
      all -> {
        DmaBuf handle = all.export(ExportPolicy.REVOKE);
        return all.againstStop(() -> TwoBundles.inTime(handle::close, Errno.EBADF));
      }),
  /** Another bundle takes its buffer. */
  ADOPT(
      all -> {
        DmaBuf handle = all.export(ExportPolicy.REVOKE);
        return all.againstStop(() -> TwoBundles.inTime(() -> all.other.adopt(handle), Errno.EBADF));
      }),
  /** Another bundle gives its buffer back: it is released, or has been taken from the driver. */
  LAST_PUT(
      all -> {
        DmaBuf handle = all.export(ExportPolicy.REVOKE);
        DmaBuf adopted = all.other.adopt(handle);
        handle.close();
        return all.againstStop(adopted::close);
      }),
  /** Another bundle gives its buffer back, for which the stop waits. */
  LAST_PUT_AWAITED(
      all -> {
        DmaBuf handle = all.export(ExportPolicy.WAIT);
        DmaBuf adopted = all.other.adopt(handle);
        return all.ends(
                () -> assertThat(all.clock.nanos()).as("in time").isEqualTo(TwoBundles.BEGIN))
            .againstStop(adopted::close);
      }),
  /** Another bundle attaches a device to its buffer. */
  ATTACH(
      all -> {
        DmaBuf adopted = all.other.adopt(all.export(ExportPolicy.REVOKE));
        return all.againstStop(
            () -> TwoBundles.inTime(() -> adopted.attach(DmaDevice.named("device")), Errno.ENODEV));
      }),
  /** It attaches a device to another one's handle of its own buffer. */
  ATTACH_ITSELF(
      all -> {
        DmaBuf handle = all.export(ExportPolicy.REVOKE);
        return all.againstStop(
            () ->
                TwoBundles.inTime(
                    () -> handle.attach(DmaDevice.named("device")), Errno.ENODEV, Errno.EBADF));
      }),
  /** It gives another bundle a descriptor. */
  DESCRIPTOR(
      all -> {
        DmaBuf handle = all.export(ExportPolicy.REVOKE);
        return all.againstStop(
            () ->
                TwoBundles.inTime(
                    () -> all.bundle.fd(handle, all.other.files(), false),
                    Errno.ENODEV,
                    Errno.EBADF));
      }),
  /** It is stopped twice. */
  STOP(
      all -> {
        all.export(ExportPolicy.REVOKE);
        context(all).create();
        return all.does(() -> all.core.close(all.bundle), () -> all.core.close(all.bundle));
      }),
  /** Both stop. */
  STOP_OF_THE_OTHER(
      all -> {
        all.other.adopt(all.export(ExportPolicy.REVOKE));
        return all.againstStop(() -> all.core.close(all.other));
      });

  private final Function<TwoBundles, Interleavings.Scenario> scenario;

  StopPair(Function<TwoBundles, Interleavings.Scenario> scenario) {
    this.scenario = scenario;
  }

  @Override
  public Interleavings.Scenario make() {
    return scenario.apply(new TwoBundles());
  }

  /** Returns one by its name, as {@link org.dmabuf.seam.PlantedBug} asks for it. */
  public static Interleavings.Maker maker(String name) {
    return valueOf(name);
  }

  private static FenceContext context(TwoBundles all) {
    return all.bundle.fenceContext(FenceContextInfo.of("driver", "line"));
  }
}
