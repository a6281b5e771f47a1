package org.dmabuf.video.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The controls of a context, with their values.
 *
 * <p>Thread-safe; listeners are called with no lock held, on the thread that sets. Kernel
 * counterpart: {@code struct v4l2_ctrl_handler}.
 */
public final class Controls {
  /**
   * A control that was set.
   *
   * @param info which, never null
   * @param value what it is now
   */
  record Change(ControlInfo info, int value, Object by) {}

  private final Map<Integer, ControlInfo> infos = new TreeMap<>(Integer::compareUnsigned);
  private final Map<Integer, Integer> values = new TreeMap<>(); // guarded by itself
  private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();

  /**
   * Makes them.
   *
   * @param taken values of a predecessor's, of which those count that these have, too
   */
  Controls(Collection<ControlInfo> all, Map<Integer, Integer> taken) {
    for (ControlInfo info : all) {
      infos.put(info.id(), info);
      Integer value = info.kind() == ControlInfo.Kind.BUTTON ? null : taken.get(info.id());
      boolean has = value != null && info.nearest(value) == value;
      values.put(info.id(), has ? value : info.initial());
    }
  }

  /** Returns a control; empty when there is none of that number. */
  Optional<ControlInfo> find(int id) {
    return Optional.ofNullable(infos.get(id));
  }

  /** Returns the first control behind a number; empty when there is none. */
  Optional<ControlInfo> after(int id) {
    for (ControlInfo info : infos.values()) {
      if (Integer.compareUnsigned(info.id(), id) > 0) {
        return Optional.of(info);
      }
    }
    return Optional.empty();
  }

  /** Returns the values that were set to something else than they began with, by number. */
  Map<Integer, Integer> changed() {
    Map<Integer, Integer> changed = new TreeMap<>(Integer::compareUnsigned);
    synchronized (values) {
      for (ControlInfo info : infos.values()) {
        int value = values.get(info.id());
        if (info.kind() != ControlInfo.Kind.BUTTON && value != info.initial()) {
          changed.put(info.id(), value);
        }
      }
    }
    return changed;
  }

  /** Returns all, by number. */
  List<ControlInfo> all() {
    return new ArrayList<>(infos.values());
  }

  /**
   * Returns a value.
   *
   * @param id a control that the context has
   */
  public int get(int id) {
    synchronized (values) {
      return values.get(id);
    }
  }

  /** Takes what a button has left: whether it was pressed since it was last asked. */
  public boolean takePressed(int id) {
    synchronized (values) {
      return values.put(id, 0) != 0;
    }
  }

  /** Sets a control to a value that it has; tells the others when that changes it. */
  void set(ControlInfo info, int value, Object by) {
    boolean button = info.kind() == ControlInfo.Kind.BUTTON;
    int before;
    synchronized (values) {
      before = values.put(info.id(), button ? 1 : value);
    }
    if (button || before != value) {
      listeners.forEach(listener -> listener.accept(new Change(info, button ? 0 : value, by)));
    }
  }

  void listen(Consumer<Change> listener) {
    listeners.add(listener);
  }

  void forget(Consumer<Change> listener) {
    listeners.remove(listener);
  }
}
