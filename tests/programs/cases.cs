// What the C# programs here have in common: cases that end with `ok NAME` or `FAIL NAME`.
using System;
using System.Threading.Tasks;

static class Cases
{
    public static int Failures;

    public static void Equal(object got, object want)
    {
        if (!Equals(got, want)) throw new Exception($"{got} instead of {want}");
    }

    public static async Task<T> Throws<T>(Func<Task> body) where T : Exception
    {
        T thrown = null;
        try
        {
            await body();
        }
        catch (T e)
        {
            thrown = e;
        }
        return thrown ?? throw new Exception("no " + typeof(T).Name);
    }

    public static void Case(string name, Func<Task> body)
    {
        try
        {
            if (!body().Wait(60000)) throw new Exception("hangs");
            Console.WriteLine("ok " + name);
        }
        catch (Exception e)
        {
            Failures++;
            Console.WriteLine("FAIL " + name + "\n     " + e.ToString().Replace("\n", "\n     "));
        }
    }
}
