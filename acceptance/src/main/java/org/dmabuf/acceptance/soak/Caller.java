package org.dmabuf.acceptance.soak;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/** A thread that makes one random call after the other until the world stops. */
final class Caller extends Thread {
  private final World world;
  private final Random random;
  private final List<Action> actions;
  private final long[] done;
  private final long[] refused;
  private final List<Map<Errno, Long>> reasons = new ArrayList<>();
  private volatile Action now;

  Caller(World world, String name, Random random) {
    super(name);
    setDaemon(true);
    this.world = world;
    this.random = random;
    this.actions = Action.all();
    this.done = new long[actions.size()];
    this.refused = new long[actions.size()];
    actions.forEach(action -> reasons.add(new EnumMap<>(Errno.class)));
  }

  @Override
  public void run() {
    while (world.runs()) {
      int index = random.nextInt(actions.size());
      now = actions.get(index);
      try {
        now.call().with(world, random);
        done[index]++;
      } catch (DmaBufException refusal) {
        refused[index]++;
        reasons.get(index).merge(refusal.errno(), 1L, Long::sum);
        checkErrno(refusal);
      } catch (RuntimeException | Error failure) {
        world.fault(
            getName()
                + " in "
                + now.name()
                + ": "
                + failure
                + " at "
                + Arrays.toString(failure.getStackTrace()));
        return;
      }
      // The janitor interrupts at random; the flag stays set after an interrupted wait.
      Thread.interrupted();
    }
  }

  /** Made by a call that an exporter's planted refusal cannot explain. */
  private void checkErrno(DmaBufException refusal) {
    if (refusal.errno() == Errno.EIO) {
      world.fault(getName() + " in " + now.name() + ": an exporter failed: " + refusal.sentence());
    }
  }

  /** Returns the call that it makes now, with its stack. */
  String where() {
    return now.name() + " at " + Arrays.toString(getStackTrace());
  }

  List<Action> actions() {
    return actions;
  }

  long done(int action) {
    return done[action];
  }

  long refused(int action) {
    return refused[action];
  }

  Map<Errno, Long> reasons(int action) {
    return reasons.get(action);
  }
}
