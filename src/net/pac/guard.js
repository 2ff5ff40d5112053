// Runs before a script. The engine asks whether it should stop in each turn of a script's loops and in each call, but
// not inside functions of its own library. So those that could be kept busy there for long, by an array-like object
// with a length out of the air or by two long strings, are bounded here, and what proxy scripts never needed is gone.
// So are the ways to compile more code: the engine does not survive it when the memory ends there. And promises, which
// nobody would wait for.
(function (global) {
  'use strict';
  var MOST_ELEMENTS = 1 << 20, MOST_WORK = 1e7;
  var apply = Reflect.apply, isArray = Array.isArray, text = String, least = Math.min, Pattern = RegExp;

  function keep(object, names) {
    Reflect.ownKeys(object).forEach(function (key) {
      if (typeof key === 'string' && names.indexOf(key) < 0) delete object[key];
    });
  }

  function replace(object, names, make) {
    names.forEach(function (name) {
      Object.defineProperty(object, name, {
        value: make(object[name]), writable: true, enumerable: false, configurable: true
      });
    });
  }

  // A real array of bounded length; anything like an array is copied into one.
  function bounded(list) {
    var length = list.length;
    if (isArray(list)) {
      if (length > MOST_ELEMENTS) throw new RangeError('array too long');
      return list;
    }
    var copy = [];
    length = +length;
    if (length > MOST_ELEMENTS) throw new RangeError('array too long');
    for (var i = 0; i < length; i++) copy[i] = list[i];
    return copy;
  }

  function onBounded(native) {
    return function () {
      return apply(native, bounded(this), arguments);
    };
  }

  // An object that says it can be spread is one element.
  function concat(native) {
    return function () {
      var lists = [];
      for (var i = 0; i < arguments.length; i++) lists[i] = isArray(arguments[i]) ? bounded(arguments[i]) : [arguments[i]];
      return apply(native, bounded(this), lists);
    };
  }

  // Without a function to compare by, the engine compares texts by itself.
  function sort(native) {
    return function (compare) {
      if (compare === undefined) {
        compare = function (a, b) {
          a = text(a);
          b = text(b);
          return a < b ? -1 : a > b ? 1 : 0;
        };
      }
      return apply(native, bounded(this), [compare]);
    };
  }

  // Looks for a text in a text: as long as their product in the worst case.
  function search(native) {
    return function (wanted) {
      if (this === undefined || this === null) throw new TypeError('no text');
      var all = text(this), list = [];
      for (var i = 0; i < arguments.length; i++) list[i] = arguments[i];
      if (list.length > 0 && wanted !== undefined && !(wanted instanceof Pattern)) {
        wanted = list[0] = text(wanted);
        if (all.length * least(wanted.length, all.length) > MOST_WORK) throw new RangeError('texts too long');
      }
      return apply(native, all, list);
    };
  }

  keep(Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())), []);
  keep(Math, ('E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil cos exp floor log max min pow ' +
    'random round sin sqrt tan trunc sign').split(' '));
  keep(Object.getPrototypeOf((async function () {})()), []);
  [function () {}, function* () {}, async function () {}, async function* () {}].forEach(function (made) {
    var kind = Object.getPrototypeOf(made);
    if (kind) delete kind.constructor;
  });
  ['eval', 'Function', 'Iterator', 'Promise', 'queueMicrotask', 'DisposableStack', 'AsyncDisposableStack'].forEach(function (name) {
    delete global[name];
  });

  var array = Array.prototype;
  var methods = ('join push pop reverse shift unshift slice splice indexOf lastIndexOf every some forEach map filter ' +
    'reduce reduceRight includes find findIndex fill toString toLocaleString').split(' ');
  keep(array, methods.concat('constructor', 'length', 'concat', 'sort'));
  replace(String.prototype, ['indexOf', 'lastIndexOf', 'includes', 'split', 'replace', 'replaceAll'], search);
  replace(array, ['sort'], sort);
  replace(array, ['concat'], concat);
  replace(array, methods, onBounded);
})(this);
