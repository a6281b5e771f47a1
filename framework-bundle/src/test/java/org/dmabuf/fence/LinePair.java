package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.LogRecorder;
import org.dmabuf.ManualClock;
import org.dmabuf.seam.Interleavings;
import org.dmabuf.seam.Tasks;

/**
 * Operations that meet on a driver's context or a timeline. What must hold: numbers are given once;
 * a fence that was made completes with its line at the latest, or when its time has come; on a
 * timeline never a later one before an earlier one.
 */
public enum LinePair implements Interleavings.Maker {
  /** Two make a fence. */
  CREATE_AND_CREATE(line -> line.driver().does(line::create, line::create)),
  /** One gives the number itself. */
  CREATE_AND_CREATE_NUMBERED(
      line -> line.driver().does(line::create, () -> line.made(line.context.create(7)))),
  /** One of 32 bits, about to wrap around. */
  CREATE_AND_CREATE_WRAPPED(
      line -> {
        line.hardware().made(line.context.create(0xffff_fffeL));
        return line.does(line::create, () -> line.made(line.context.create(0xffff_ffffL)));
      }),
  /** A fence is made while its context ends: it is refused, or completes. */
  CREATE_AND_CLOSE(line -> line.driver().does(line::create, line::close)),
  /** The line is swept while it ends: no pending one is lost. */
  SWEEP_AND_CLOSE(
      line -> {
        line.driver().fill();
        return line.does(line::create, line::close);
      }),
  /** Two sweep. */
  SWEEP_AND_SWEEP(
      line -> {
        line.driver().fill();
        return line.does(line::create, line::create);
      }),
  /** Somebody counts while one completes. */
  COUNT_AND_SIGNAL(
      line -> {
        line.driver().create();
        line.create();
        return line.does(
            () -> assertThat(line.context.pending()).isBetween(1, 2),
            () -> line.context.signal(line.made.getFirst()));
      }),
  /** The watchdog comes to rest while a fence is made, which it must not overlook. */
  WATCHDOG_AND_CREATE(
      line -> {
        line.watched().create();
        return line.does(line::pass, line::create);
      }),
  /** The watchdog completes what its context ends. */
  WATCHDOG_AND_CLOSE(
      line -> {
        line.watched().create();
        return line.does(line::pass, line::close);
      }),
  /** The work is done just before the watchdog comes; the next fence is watched all the same. */
  WATCHDOG_AND_SIGNAL(
      line -> {
        line.watched().create();
        return line.does(
            line::pass,
            () -> {
              line.context.signal(line.made.getFirst());
              line.create();
            });
      }),
  /** A timeline comes to a point while a callback is put on it. */
  ADVANCE_AND_ADD(
      line -> {
        DmaFence point = line.timeline().made(line.context.create(1));
        return line.does(() -> line.count.addTo(point), () -> line.context.advance(1));
      }),
  /** ... while one is taken back, and another put on it. */
  ADVANCE_AND_REMOVE(
      line -> {
        DmaFence point = line.timeline().made(line.context.create(1));
        line.count.addTo(point);
        return line.does(
            () -> {
              line.count.removeFrom(point);
              line.second.addTo(point);
            },
            () -> line.context.advance(1));
      }),
  /** ... while it is made. */
  ADVANCE_AND_CREATE(
      line -> {
        line.timeline();
        return line.does(
            () -> line.made(line.context.create(1)).await(), () -> line.context.advance(1));
      }),
  /** Two move it on. */
  ADVANCE_AND_ADVANCE(
      line -> {
        line.timeline().made(line.context.create(1));
        line.count.addTo(line.made(line.context.create(2)));
        return line.does(() -> line.context.advance(1), () -> line.context.advance(1));
      }),
  /** Somebody looks at the later one first. */
  ADVANCE_AND_LOOK(
      line -> {
        DmaFence earlier = line.timeline().made(line.context.create(1));
        DmaFence later = line.made(line.context.create(2));
        return line.does(
            () -> {
              boolean last = later.isSignaled();
              assertThat(!last || earlier.isSignaled()).isTrue();
            },
            () -> line.context.advance(2));
      }),
  /** It ends while it is moved on. */
  ADVANCE_AND_CLOSE(
      line -> {
        line.timeline().made(line.context.create(1));
        line.count.addTo(line.made(line.context.create(2)));
        return line.does(() -> line.context.advance(2), line::close);
      }),
  /** It ends while a point is made and waited for. */
  WAIT_AND_CLOSE(
      line -> {
        line.timeline();
        return line.does(
            () -> {
              line.create();
              line.made.forEach(DmaFence::await);
            },
            line::close);
      });

  /** With three more a line is swept. */
  private static final int DEEP = 61;

  private static final Duration LIMIT = Duration.ofMillis(10);

  private final Function<Line, Interleavings.Scenario> scenario;

  LinePair(Function<Line, Interleavings.Scenario> scenario) {
    this.scenario = scenario;
  }

  @Override
  public Interleavings.Scenario make() {
    return scenario.apply(new Line());
  }

  /** Returns one by its name, as {@link org.dmabuf.seam.PlantedBug} asks for it. */
  public static Interleavings.Maker maker(String name) {
    return valueOf(name);
  }

  private static final class Line implements Interleavings.Scenario {
    final ManualClock clock = new ManualClock();
    private final FenceContexts contexts = new FenceContexts(clock);
    final List<DmaFence> made = new ArrayList<>();
    final CallCount count = new CallCount();
    final CallCount second = new CallCount();
    FenceContext context;
    private boolean closed;
    private List<Tasks.Body> tasks;

    Line driver() {
      return open(FenceContextInfo.of("driver", "line"));
    }

    Line hardware() {
      return open(FenceContextInfo.of("driver", "line").with32BitNumbers());
    }

    Line watched() {
      return open(FenceContextInfo.of("driver", "line").withTimeout(LIMIT));
    }

    Line timeline() {
      context = contexts.openTimeline("sw_sync", "line");
      return this;
    }

    private Line open(FenceContextInfo info) {
      context = contexts.open(info, () -> {});
      return this;
    }

    /** One is pending, and so many have completed above it and below the newest, which is not. */
    void fill() {
      create();
      List<DmaFence> done = new ArrayList<>();
      for (int i = 0; i < DEEP; i++) {
        done.add(context.create());
      }
      create();
      done.forEach(context::signal);
    }

    DmaFence made(DmaFence fence) {
      made.add(fence);
      return fence;
    }

    void create() {
      try {
        made(context.create());
      } catch (DmaBufException late) {
        assertThat(late.errno()).isEqualTo(Errno.ECANCELED);
        assertThat(closed).isTrue();
      }
    }

    void close() {
      closed = true;
      context.close();
    }

    void pass() {
      clock.advance(LIMIT.toNanos());
    }

    Line does(Tasks.Body first, Tasks.Body other) {
      tasks = List.of(first, other);
      return this;
    }

    @Override
    public List<Tasks.Body> tasks() {
      return tasks;
    }

    @Override
    public List<Object> monitors() {
      return List.of(context.line());
    }

    @Override
    public void check() {
      LogRecorder.clear();
      assertThat(made.stream().map(DmaFence::seqno)).doesNotHaveDuplicates();
      clock.advance(2 * LIMIT.toNanos());
      boolean watched = context.line().madeAt() != DmaFence.NEVER;
      assertThat(made).allMatch(fence -> !(closed || watched) || fence.isComplete());
      context.close();
      assertThat(made).allMatch(DmaFence::isComplete);
      assertThat(context.pending()).isZero();
      count.check();
      second.check();
      LogRecorder.clear();
    }
  }
}
