package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.ManualClock;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContexts;
import org.dmabuf.file.PollEvents;
import org.dmabuf.seam.Interleavings;
import org.dmabuf.seam.Tasks;

/**
 * Operations that meet on a sync object. What must hold: no submit and no completion is overlooked
 * by who waits for it; an event is told once; no fence that was added is lost.
 */
public enum SyncObjPair implements Interleavings.Maker {
  /** A wait for a fence that comes, and completes. */
  WAIT_FOR_SUBMIT_AND_REPLACE(
      all ->
          all.does(
              () -> assertThat(all.waits(SyncWaitFlag.FOR_SUBMIT)).hasValue(0),
              () -> {
                all.object.replace(all.one);
                all.signal(all.one);
              })),
  /** ... that has completed when it comes. */
  WAIT_FOR_SUBMIT_AND_SIGNAL(
      all ->
          all.does(
              () -> assertThat(all.waits(SyncWaitFlag.FOR_SUBMIT)).hasValue(0),
              all.object::signal)),
  /** A wait for a point that comes after another one. */
  WAIT_SUBMITTED_AND_ADD(
      all ->
          all.does(
              () -> assertThat(all.object.awaitSubmitted(3).seqno()).isEqualTo(3),
              () -> {
                all.object.add(1, all.one);
                all.object.add(3, all.two);
              })),
  /** What is waited for is replaced; it is that which counts, or the other one. */
  WAIT_AND_REPLACE(
      all -> {
        all.object.replace(all.one);
        return all.does(
            () -> {
              assertThat(all.waits()).hasValue(0);
              assertThat(all.one.isSignaled() || all.two.isSignaled()).isTrue();
            },
            () -> {
              all.object.replace(all.two);
              all.signal(all.two);
              all.signal(all.one);
            });
      }),
  /** It is emptied before it is waited for, or while it is. */
  WAIT_AND_RESET(
      all -> {
        all.object.replace(all.one);
        return all.does(
            () -> assertThat(all.waits(SyncWaitFlag.FOR_SUBMIT)).hasValue(0),
            () -> {
              all.object.reset();
              all.signal(all.one);
              all.object.signal();
            });
      }),
  /** A wait for two. */
  WAIT_ALL_AND_SIGNAL(
      all ->
          all.does(
              () -> {
                assertThat(all.waitsForBoth(SyncWaitFlag.FOR_SUBMIT, SyncWaitFlag.ALL)).hasValue(0);
                assertThat(all.one.isSignaled()).isTrue();
              },
              () -> {
                all.other.replace(all.one);
                all.object.signal();
                all.signal(all.one);
              })),
  /** A wait for the first of two. */
  WAIT_ANY_AND_SIGNAL(
      all ->
          all.does(
              () -> assertThat(all.waitsForBoth(SyncWaitFlag.FOR_SUBMIT)).hasValue(1),
              all.other::signal)),
  /** A wait for a point of a timeline that grows and completes out of order. */
  WAIT_POINT_AND_ADD(
      all ->
          all.does(
              () -> {
                assertThat(all.waitsFor(2, SyncWaitFlag.FOR_SUBMIT)).hasValue(0);
                assertThat(all.one.isSignaled() && all.two.isSignaled()).isTrue();
              },
              () -> {
                all.object.add(1, all.one);
                all.object.add(2, all.two);
                all.signal(all.two);
                all.signal(all.one);
              })),
  /** A point comes from another object. */
  WAIT_AND_TRANSFER(
      all -> {
        all.other.add(5, all.one);
        return all.does(
            () -> {
              assertThat(all.waitsFor(3, SyncWaitFlag.FOR_SUBMIT)).hasValue(0);
              assertThat(all.one.isSignaled()).isTrue();
            },
            () -> {
              all.object.transfer(3, all.other.require(5));
              all.signal(all.one);
            });
      }),
  /** A wait is given up, and another one comes after it. */
  WAIT_AND_INTERRUPT(
      all ->
          all.does(
              () -> {
                all.waiter = Thread.currentThread();
                DmaBufException given =
                    catchThrowableOfType(
                        DmaBufException.class, () -> all.waits(SyncWaitFlag.FOR_SUBMIT));
                if (given != null) {
                  assertThat(given.errno()).isEqualTo(Errno.ERESTARTSYS);
                  assertThat(Thread.interrupted()).isTrue();
                  assertThat(all.waits(SyncWaitFlag.FOR_SUBMIT)).hasValue(0);
                }
              },
              () -> {
                if (all.waiter != null) {
                  all.waiter.interrupt();
                }
                all.object.signal();
              })),
  /** The clock ends a wait, or a signal does. */
  WAIT_AND_TIME(
      all ->
          all.does(
              () -> {
                long start = all.clock.nanos();
                Duration limit = Duration.ofMillis(5);
                OptionalInt first =
                    SyncWait.await(
                        List.of(new SyncPoint(all.object, 0)),
                        Set.of(SyncWaitFlag.FOR_SUBMIT),
                        limit,
                        OptionalLong.empty());
                assertThat(first.isPresent() || all.clock.nanos() - start >= limit.toNanos())
                    .isTrue();
              },
              () -> {
                all.clock.advance(Duration.ofMillis(5).toNanos());
                all.object.signal();
              })),
  /** An event file is to be told of a completion. */
  EVENT_AND_SIGNAL(
      all -> {
        all.object.replace(all.one);
        return all.endsWith(() -> assertThat(all.event.value()).isOne())
            .does(
                () -> all.object.signalWhenDone(0, all.event),
                () -> {
                  all.signal(all.one);
                  all.object.signal();
                });
      }),
  /** ... of a submit. */
  EVENT_AND_ADD(
      all ->
          all.endsWith(() -> assertThat(all.event.value()).isOne())
              .does(
                  () -> all.object.signalWhenSubmitted(2, all.event),
                  () -> {
                    all.object.add(1, all.one);
                    all.object.add(2, all.two);
                    all.object.signal(3);
                  })),
  /** Two add a point; neither is lost. */
  ADD_AND_ADD(
      all ->
          all.endsWith(
                  () -> {
                    DmaFence last = all.object.fence().orElseThrow();
                    assertThat(last.seqno()).isEqualTo(2);
                    assertThat(last.isSignaled()).isFalse();
                    all.signal(all.one);
                    assertThat(last.isSignaled()).isFalse();
                    all.signal(all.two);
                    assertThat(last.isSignaled()).isTrue();
                  })
              .does(() -> all.object.add(1, all.one), () -> all.object.add(2, all.two))),
  /** Somebody asks how far it has come. */
  QUERY_AND_ADD(
      all -> {
        all.object.signal(1);
        return all.does(
            () -> {
              long before = all.object.query();
              assertThat(before).isBetween(1L, 2L);
              assertThat(all.object.query()).isGreaterThanOrEqualTo(before);
              assertThat(all.object.lastSubmitted()).isGreaterThanOrEqualTo(before);
            },
            () -> {
              all.object.add(2, all.one);
              all.signal(all.one);
              all.object.add(3, all.two);
            });
      }),
  /** A sync file is closed while its fence completes. */
  CLOSE_FILE_AND_SIGNAL(
      all -> {
        SyncFile file = new SyncFile(all.one);
        return all.endsWith(() -> assertThat(file.references()).isZero())
            .does(
                () -> {
                  file.poll(PollEvents.POLLIN);
                  file.close();
                },
                () -> all.signal(all.one));
      });

  private final Function<Objects, Interleavings.Scenario> scenario;

  SyncObjPair(Function<Objects, Interleavings.Scenario> scenario) {
    this.scenario = scenario;
  }

  @Override
  public Interleavings.Scenario make() {
    return scenario.apply(new Objects());
  }

  /** Returns one by its name, as {@link org.dmabuf.seam.PlantedBug} asks for it. */
  public static Interleavings.Maker maker(String name) {
    return valueOf(name);
  }

  private static final class Objects implements Interleavings.Scenario {
    private static final Duration FOR_EVER = Duration.ofDays(40_000);

    final ManualClock clock = new ManualClock();
    private final FenceContexts contexts = new FenceContexts(clock);
    private final FenceContext a = contexts.open("driver", "a");
    private final FenceContext b = contexts.open("driver", "b");
    final DmaFence one = a.create();
    final DmaFence two = b.create();
    final SyncObj object = new SyncObj(contexts);
    final SyncObj other = new SyncObj(contexts);
    final EventFd event = new EventFd(0, 0);
    Thread waiter;
    private final List<Runnable> ends = new ArrayList<>();
    private List<Tasks.Body> tasks;

    void signal(DmaFence fence) {
      (fence == one ? a : b).signal(fence);
    }

    OptionalInt waits(SyncWaitFlag... flags) {
      return waitsFor(0, flags);
    }

    OptionalInt waitsFor(long point, SyncWaitFlag... flags) {
      return waits(List.of(new SyncPoint(object, point)), flags);
    }

    OptionalInt waitsForBoth(SyncWaitFlag... flags) {
      return waits(List.of(new SyncPoint(object, 0), new SyncPoint(other, 0)), flags);
    }

    private static OptionalInt waits(List<SyncPoint> points, SyncWaitFlag... flags) {
      return SyncWait.await(points, Set.of(flags), FOR_EVER, OptionalLong.empty());
    }

    Objects endsWith(Runnable check) {
      ends.add(check);
      return this;
    }

    Objects does(Tasks.Body first, Tasks.Body second) {
      tasks = List.of(first, second);
      return this;
    }

    @Override
    public List<Tasks.Body> tasks() {
      return tasks;
    }

    @Override
    public List<Object> monitors() {
      return List.of(object, other);
    }

    @Override
    public void check() {
      ends.forEach(Runnable::run);
    }
  }
}
